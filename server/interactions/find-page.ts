/** One page of a search: across the segments of the order, the types, and contained resources. */
import type { Context } from '../context.ts'
import { tooMuchText } from '../fhir/bundle.ts'
import { containedQuery, containedScope, keysOfContained } from '../fhir/search/contained.ts'
import type { Criterion } from '../fhir/search/criterion.ts'
import {
  type Cursor,
  checkCursor,
  type OrderKey,
  parseCursor,
  segmentsOf,
  sortedSegment,
} from '../fhir/search/order.ts'
import { mergedQuery, pageQuery, type Statistics } from '../fhir/search/page.ts'
import { type Compiler, scopeOf } from '../fhir/search/scope.ts'
import type { SearchRequest } from '../fhir/search/search-request.ts'
import { contentsByKey, type FoundRow, runContained, runPage } from '../store/search.ts'
import { mostPageText } from '../store/text-limit.ts'

/** A page of matches, in order, and what lies before and after it. */
export interface FoundPage {
  readonly matches: readonly FoundMatch[]
  readonly next?: Cursor
  readonly previous?: Cursor
}

export interface FoundMatch {
  readonly type: string
  readonly key: bigint
  readonly content: string
  /** The container of a contained resource: `Observation/1`. */
  readonly container?: string
}

interface Place {
  readonly values?: readonly string[]
  readonly backwards: boolean
  readonly limit: number
}

interface Row extends FoundMatch {
  /** The order's keys, for cursors. */
  readonly values: readonly string[]
}

/** A stretch of the results that is in order by itself. */
interface Stretch {
  readonly keys: readonly OrderKey[]
  fetch(place: Place): Promise<readonly Row[]>
}

export async function findPage(request: SearchRequest, compiler: Compiler, context: Context): Promise<FoundPage> {
  const cursor = request.cursor === undefined ? undefined : parseCursor(request.cursor)
  const backwards = cursor?.backwards ?? false
  const statistics = await context.store.statistics.statistics(request.types, context.now())
  const stretches = stretchesOf(request, compiler, statistics, context)
  if (cursor) checkCursor(stretches[cursor.segment]?.keys ?? [], cursor.values)

  const found: { row: Row; segment: number }[] = []
  let length = 0
  const step = backwards ? -1 : 1
  for (let i = cursor?.segment ?? 0; i >= 0 && i < stretches.length && found.length <= request.count; i += step) {
    const values = cursor && i === cursor.segment ? cursor.values : undefined
    const place = { ...(values && { values }), backwards, limit: request.count + 1 - found.length }
    for (const row of await stretches[i]!.fetch(place)) {
      found.push({ row, segment: i })
      length += row.content.length
    }
    // Each stretch alone is not more.
    if (length > mostPageText) throw tooMuchText('Ask for less at once, as with a smaller _count.')
  }

  const more = found.length > request.count
  const page = found.slice(0, request.count)
  if (backwards) page.reverse()
  const before = backwards ? more : cursor !== undefined
  const after = backwards || more
  return {
    matches: page.map(({ row }) => row),
    ...(after && page.length > 0 && { next: cursorAt(page.at(-1)!, false) }),
    ...(before && page.length > 0 && { previous: cursorAt(page[0]!, true) }),
  }
}

function cursorAt({ row, segment }: { row: Row; segment: number }, backwards: boolean): Cursor {
  return { backwards, segment, values: row.values }
}

function stretchesOf(request: SearchRequest, compiler: Compiler, statistics: Statistics, context: Context): Stretch[] {
  const { types, sort, contained, containedType } = request
  const criteria = (type: string): readonly Criterion[] => request.criteria.get(type) ?? []
  const stretches: Stretch[] = []
  if (contained !== 'true') {
    if (types.length > 1 && sort.length > 0) stretches.push(mergedStretch(request, compiler, statistics, context))
    else {
      for (const type of types) {
        const scope = scopeOf(type, compiler)
        for (const segment of segmentsOf(sort, scope)) {
          stretches.push({
            keys: segment.keys,
            fetch: async (place) => {
              const query = pageQuery(criteria(type), segment, scope, place, statistics)
              return (await runPage(context.store.searchDb, compiler.access, type, query)).map((row) =>
                rowOf(row, type, segment.keys),
              )
            },
          })
        }
      }
    }
  }
  if (contained !== 'false') {
    for (const type of types) stretches.push(containedStretch(type, criteria(type), containedType, compiler, context))
  }
  return stretches
}

/** Several types in one order. */
function mergedStretch(request: SearchRequest, compiler: Compiler, statistics: Statistics, context: Context): Stretch {
  const segments = request.types.map((type) => ({
    type,
    segment: sortedSegment(request.sort, scopeOf(type, compiler)),
  }))
  const { keys } = segments[0]!.segment
  return {
    keys,
    fetch: async (place) => {
      const pages = segments.map(({ type, segment }) => {
        const scope = scopeOf(type, compiler)
        return { type, query: pageQuery(request.criteria.get(type) ?? [], segment, scope, place, statistics).query }
      })
      const query = mergedQuery(pages, segments[0]!.segment, place.backwards, place.limit)
      const page = { query, prepared: false, shape: 'merge' }
      const rows = await runPage(context.store.searchDb, compiler.access, undefined, page)
      return rows.map((row) => rowOf(row, row.type!, keys))
    },
  }
}

function containedStretch(
  type: string,
  criteria: readonly Criterion[],
  show: 'container' | 'contained',
  compiler: Compiler,
  context: Context,
): Stretch {
  const keys = keysOfContained(show)
  const names = new Map([...context.store.typeNumbers].map(([name, number]) => [number, name]))
  return {
    keys,
    fetch: async (place) => {
      const db = context.store.searchDb
      const query = containedQuery(criteria, containedScope(type, compiler), show, place)
      const rows = await runContained(db, compiler.access, type, query)
      const containers = rows.map((row) => ({ type: names.get(row.container_type)!, key: BigInt(row.container) }))
      const contents = await contentsByKey(db, compiler.access, containers)
      return rows.flatMap((row, i): Row[] => {
        const container = containers[i]!
        const content = contents.get(container.key)
        if (content === undefined) return []
        const values = keys.map((_, k) => row[`k${k}`]!)
        if (show === 'container') return [{ ...container, content, values }]
        return [
          {
            type,
            key: BigInt(row.k0!),
            content: row.content!,
            container: `${container.type}/${idOf(content)}`,
            values,
          },
        ]
      })
    },
  }
}

function rowOf(row: FoundRow, type: string, keys: readonly OrderKey[]): Row {
  return { type, key: BigInt(row.pk), content: row.content, values: keys.map((_, k) => row[`k${k}`]!) }
}

/** Stored content begins with the type and the id. */
export function idOf(content: string): string {
  const start = content.indexOf('"id":"') + 6
  return content.slice(start, content.indexOf('"', start))
}
