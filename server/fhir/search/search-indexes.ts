/** The compiled indexes of all resource types, made on first use. */
import type { Definitions, SearchParameter } from '../definitions.ts'
import { compileIndexResource, type IndexResource } from './index-resource.ts'
import type { Fallback } from './path.ts'
import { compileTypeIndex, type TypeIndex } from './search-index.ts'
import type { Terms } from './term.ts'

export interface SearchIndexes {
  readonly terms: Terms
  index(type: string): TypeIndex
  /** The row by which a resource is found. */
  indexResource(type: string): IndexResource
  /** The bit of `present` that tells whether a path has a value. */
  presenceBit(type: string, presence: string): number
}

export interface SearchIndexOptions {
  readonly definitions: Definitions
  readonly terms: Terms
  readonly fallback: Fallback
  readonly base: string
  /** Bits already given to paths, by type; new ones are numbered after them. */
  readonly presenceBits: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Search parameters beyond the base specification's, by type. */
  readonly customParameters?: (type: string) => readonly SearchParameter[]
}

export function createSearchIndexes(options: SearchIndexOptions): SearchIndexes {
  const { definitions, terms } = options
  const indexes = new Map<string, TypeIndex>()
  const indexers = new Map<string, IndexResource>()
  const bits = new Map<string, Map<string, number>>()
  const types = new Map(
    definitions.resourceTypes.flatMap((type) =>
      [...definitions.searchParameters(type).values()].map((p) => [p.url, p.type]),
    ),
  )

  const presenceBit = (type: string, presence: string) => {
    let known = bits.get(type)
    if (!known) {
      known = new Map(options.presenceBits.get(type))
      bits.set(type, known)
    }
    const bit = known.get(presence) ?? known.size
    known.set(presence, bit)
    return bit
  }
  const index = (type: string) => {
    let known = indexes.get(type)
    if (!known) {
      const parameters = new Map(definitions.searchParameters(type))
      for (const custom of options.customParameters?.(type) ?? []) parameters.set(custom.code, custom)
      known = compileTypeIndex(type, parameters, definitions, options.fallback, (url) => types.get(url))
      indexes.set(type, known)
    }
    return known
  }
  const indexResource = (type: string) => {
    let known = indexers.get(type)
    if (!known) {
      known = compileIndexResource(index(type), terms, (presence) => presenceBit(type, presence), options.base)
      indexers.set(type, known)
    }
    return known
  }
  return { terms, index, indexResource, presenceBit }
}
