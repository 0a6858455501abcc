/** Indexes a batch of stored resources again, and writes what differs. */
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { costlyParameters } from '../../fhir/search/costly-parameters.ts'
import {
  containersAfter,
  type Rewrite,
  rewriteIndexes,
  rowsAfter,
  rowsByKey,
  type StoredRow,
} from '../../store/reindex.ts'
import { storeDictionaries } from '../../store/side-rows.ts'
import { indexDifferences, readAside } from '../check-index.ts'
import { indexVersion } from '../write.ts'
import { takeTurns } from './turns.ts'

/** Stands among types for whatever contains resources of the job's other types. */
export const containers = '(containers)'

export interface BatchResult {
  /** The last key of the batch. */
  readonly last: string
  readonly rows: number
  readonly changed: number
  /** Resources whose content cannot be read. */
  readonly skipped: number
}

/** Before every key. */
export const leastKey = '-9223372036854775808'

const batch = 500
/** So many resources are written before others may write them. */
const stretch = 50

export interface BatchOptions {
  /** The types that containers are looked for. */
  readonly types: readonly string[]
  /** Parameters that are refused where they turn out to be too expensive. */
  readonly urls: readonly string[]
  readonly signal: AbortSignal
}

/** The batch after a key; undefined when there is none. Throws where it is told to stop, or refuses a parameter. */
export async function reindexBatch(
  type: string,
  after: string,
  options: BatchOptions,
  context: Context,
): Promise<BatchResult | undefined> {
  const { db, typeNumbers } = context.store
  if (type !== containers) {
    const rows = await rowsAfter(db, type, after, batch)
    return rows.length === 0
      ? undefined
      : { last: rows.at(-1)!.pk, ...(await reindexRows(type, rows, options, context)) }
  }
  const numbers = options.types.flatMap((name) => typeNumbers.get(name) ?? [])
  const found = await containersAfter(db, numbers, after, batch)
  if (found.length === 0) return undefined
  const names = new Map([...typeNumbers].map(([name, number]) => [number, name]))
  let [changed, skipped] = [0, 0]
  for (const [number, some] of Map.groupBy(found, (container) => container.type)) {
    const name = names.get(number)!
    const rows = await rowsByKey(
      db,
      name,
      some.map(({ pk }) => pk),
    )
    const result = await reindexRows(name, rows, options, context)
    changed += result.changed
    skipped += result.skipped
  }
  return { last: found.at(-1)!.pk, rows: found.length, changed, skipped }
}

async function reindexRows(
  type: string,
  rows: readonly StoredRow[],
  { urls, signal }: BatchOptions,
  context: Context,
): Promise<Omit<BatchResult, 'last'>> {
  const { store } = context
  const aside = await readAside(
    store.db,
    rows.map((row) => row.pk),
  )
  const turn = takeTurns(signal)
  const rewrites: Rewrite[] = []
  let skipped = 0
  for (const row of rows) {
    await turn()
    const resource = readable(row.content, type)
    if (!resource) {
      skipped++
      continue
    }
    const place = { id: String(resource['id']), key: BigInt(row.pk), ts: Number(row.ts) }
    const version = indexVersion(resource, place, context)
    refuseCostly(resource, urls, context)
    const differing = indexDifferences(row, aside, version, store.typeNumbers)
    const side = differing.some(isAside)
    if (differing.length > 0)
      rewrites.push({ version, stored: row.version, row: differing.some((name) => !isAside(name)), side })
  }
  let changed = 0
  for (let start = 0; start < rewrites.length; start += stretch) {
    await turn()
    changed += await write(type, rewrites.slice(start, start + stretch), context)
  }
  return { rows: rows.length, changed, skipped }
}

function readable(content: string, type: string): JsonObject | undefined {
  try {
    return { ...parseStored(content), resourceType: type }
  } catch {
    return undefined
  }
}

/** Once a parameter is in use, a resource on which it is too expensive has no value: then nobody could be told. */
function refuseCostly(resource: JsonObject, urls: readonly string[], { indexes }: Context): void {
  const url = costlyParameters(resource, indexes).find((costly) => urls.includes(costly))
  if (url === undefined) return
  const where = `${resource['resourceType']}/${resource['id']}`
  const reason = `its expression takes too many steps on ${where}. Make it simpler, with fewer of repeat(), descendants() and select(), then call $reindex.`
  throw new OutcomeError('unusable-parameter', { url, reason })
}

/** The names of side tables. */
function isAside(name: string): boolean {
  return name.startsWith('x_') || name.startsWith('contained')
}

async function write(type: string, rewrites: readonly Rewrite[], { store }: Context): Promise<number> {
  await storeDictionaries(
    store,
    rewrites.map(({ version }) => version),
  )
  return store.database.transaction((tx) => rewriteIndexes(tx, store, type, rewrites))
}
