/** The compiled indexes of all resource types, made on first use. */
import type { Definitions, SearchParameter, SearchParameterType } from '../definitions.ts'
import { appliesTo, type CustomParameter } from './custom-parameter.ts'
import { compileIndexResource, type IndexResource } from './index-resource.ts'
import type { PathCompiler } from './path.ts'
import { compileTypeIndex, extendTypeIndex, type IndexCompiler, type TypeIndex } from './search-index.ts'
import type { Terms } from './term.ts'

/** What is indexed, at one moment: it never changes, a later one takes its place. */
export interface SearchIndexes extends Pick<IndexState, 'version' | 'generation' | 'custom'> {
  readonly terms: Terms
  index(type: string): TypeIndex
  /** The row by which a resource is found. */
  indexResource(type: string): IndexResource
  /** The bit of `present` that tells whether a path has a value. */
  presenceBit(type: string, presence: string): number
}

/** What the database says of its index. */
export interface IndexState {
  /** Another after every change. */
  readonly version: number
  /** Another after every change of what is to be written: rows of an earlier generation are refused. */
  readonly generation: number
  readonly custom: readonly CustomParameter[]
  /** By type, then by what `presence` calls the path. */
  readonly presenceBits: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** The index of the base specification alone. */
export const standardState: IndexState = { version: 0, generation: 0, custom: [], presenceBits: new Map() }

export interface SearchIndexOptions {
  readonly definitions: Definitions
  readonly terms: Terms
  readonly fallback: PathCompiler['fallback']
  /** This server's own FHIR base URL. */
  readonly base: string
}

/** Makes the indexes for a state of the database. Types without custom parameters are compiled once for all states. */
export function searchIndexes(options: SearchIndexOptions): (state: IndexState) => SearchIndexes {
  const compiler = indexCompiler(options.definitions, options.fallback)
  const standard = memoize((type) =>
    compileTypeIndex(type, options.definitions.searchParameters(type).values(), compiler),
  )
  const standardIndexers = new Map<string, IndexResource>()
  return (state) => createIndexes(state, options, standard, standardIndexers)
}

/** Compiles search parameters; `custom` are those that composites may have as parts besides the base specification's. */
export function indexCompiler(
  definitions: Definitions,
  fallback: PathCompiler['fallback'],
  custom: readonly SearchParameter[] = [],
): IndexCompiler {
  const types = new Map<string, SearchParameterType>()
  for (const resourceType of definitions.resourceTypes) {
    for (const { url, type } of definitions.searchParameters(resourceType).values()) types.set(url, type)
  }
  for (const { url, type } of custom) types.set(url, type)
  return { definitions, fallback, typeOfParameter: (url) => types.get(url) }
}

function createIndexes(
  state: IndexState,
  { definitions, terms, base, fallback }: SearchIndexOptions,
  standard: (type: string) => TypeIndex,
  standardIndexers: Map<string, IndexResource>,
): SearchIndexes {
  const { version, generation, custom, presenceBits } = state
  const compiler = custom.length === 0 ? undefined : indexCompiler(definitions, fallback, custom)
  const index = memoize((type) => {
    const own = compiler ? custom.filter((parameter) => appliesTo(parameter, type)) : []
    return own.length === 0 ? standard(type) : extendTypeIndex(standard(type), own, compiler!)
  })
  const presenceBit = (type: string, presence: string) => {
    const bit = presenceBits.get(type)?.get(presence)
    if (bit === undefined) throw new Error(`The path ${presence} of ${type} has no bit.`)
    return bit
  }
  const ownIndexers = new Map<string, IndexResource>()
  const indexResource = (type: string) => {
    const indexers = index(type) === standard(type) ? standardIndexers : ownIndexers
    let known = indexers.get(type)
    if (!known) {
      known = compileIndexResource(index(type), terms, (presence) => presenceBit(type, presence), base)
      indexers.set(type, known)
    }
    return known
  }
  return { version, generation, custom, terms, index, indexResource, presenceBit }
}

function memoize<V>(make: (type: string) => V): (type: string) => V {
  const known = new Map<string, V>()
  return (type) => {
    let value = known.get(type)
    if (value === undefined) {
      value = make(type)
      known.set(type, value)
    }
    return value
  }
}
