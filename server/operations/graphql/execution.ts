/** What the resolvers of one request share. */
import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql'
import type { Context } from '../../context.ts'
import { createMeter, type Meter } from '../../fhir/fhirpath.ts'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { sawContent } from '../../interactions/audit/note.ts'
import { batchingDb } from '../../store/batching-db.ts'
import { createLoader, type Loader } from './loader.ts'

export interface Execution {
  /** Searches in it run together: one statement for those of one shape that are asked for at the same time. */
  readonly context: Context
  readonly loader: Loader
  /** What is remembered for the whole request, by a key that names the kind of thing first. */
  readonly memory: Map<string, unknown>
  /** The steps that all FHIRPath expressions may take together. */
  readonly meter: Meter
  /** The resource that an element is in: what contained resources and `%resource` are looked up in. */
  readonly containers: WeakMap<object, JsonObject>
  /** What `@slice` appends to the names of a list's values, by the list's place in the result. */
  readonly slices: Map<string, readonly string[]>
  /** How many fields are asked below a field, by its first node. */
  readonly widths: WeakMap<FieldNode, number>
  /** Fails once the request has taken more than it may; the whole execution ends then. */
  spend(units: number): void
}

/** Units that a request may take: one for each value put out, some for each resource read. */
const budget = 120_000
const unitsPerResource = 10
/** Characters of stored resources that count as one unit. */
const charactersPerUnit = 100

export function createExecution(context: Context, abort: (reason: OutcomeError) => void): Execution {
  const { store } = context
  const db = batchingDb(store.db)
  const searchDb = store.searchDb === store.db ? db : batchingDb(store.searchDb)
  const batching = { ...context, store: { ...store, db, searchDb } }
  let left = budget
  const spend = (units: number) => {
    left -= units
    if (left >= 0) return
    const reason = 'The answer would be too large. Ask for fewer resources, or for shorter lists with _count.'
    const error = new OutcomeError('query-too-costly', { reason })
    abort(error)
    throw error
  }
  return {
    context: batching,
    loader: createLoader(batching, (content) => {
      sawContent(batching, content)
      spend(resourceUnits(content))
    }),
    memory: new Map(),
    meter: createMeter(),
    containers: new WeakMap(),
    slices: new Map(),
    widths: new WeakMap(),
    spend,
  }
}

export function resourceUnits(content: string): number {
  return unitsPerResource + content.length / charactersPerUnit
}

/** A field's place in the result, the same for those that read and those that reshape it. */
export function placeOf({ path }: GraphQLResolveInfo): string {
  const keys: (string | number)[] = []
  for (let step: GraphQLResolveInfo['path'] | undefined = path; step; step = step.prev) keys.unshift(step.key)
  return keys.join('.')
}

/** The resource that an element is part of; a contained resource is part of its container. */
export function containerOf(element: JsonObject, execution: Execution): JsonObject {
  return execution.containers.get(element) ?? element
}

/** Remembers the container of values that were found in `parent`. */
export function contain(values: readonly unknown[], parent: JsonObject, field: string, execution: Execution): void {
  const container = containerOf(parent, execution)
  for (const value of values) {
    // What a Bundle or Parameters holds is a resource of its own.
    if (isJsonObject(value) && (field === 'contained' || !('resourceType' in value))) {
      execution.containers.set(value, container)
    }
  }
}

/**
 * How many fields are asked of each value of a field, at any depth. What a value takes is spent before anything of it is
 * put out: once thousands of values are under way, ending them takes longer than they would have.
 */
export function fieldsBelow({ fieldNodes, fragments }: GraphQLResolveInfo, { widths }: Execution): number {
  const [first] = fieldNodes as readonly [FieldNode]
  const known = widths.get(first)
  if (known !== undefined) return known
  const byFragment = new Map<string, number>()
  const count = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1 + count(selection.selectionSet)
      return (
        sum + (selection.kind === Kind.INLINE_FRAGMENT ? count(selection.selectionSet) : spread(selection.name.value))
      )
    }, 0)
  const spread = (name: string): number => {
    const fields = byFragment.get(name) ?? count(fragments[name]?.selectionSet)
    byFragment.set(name, fields)
    return fields
  }
  const width = fieldNodes.reduce((sum, { selectionSet }) => sum + count(selectionSet), 0)
  widths.set(first, width)
  return width
}
