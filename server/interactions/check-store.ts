/**
 * Checks that what is stored belongs together: contents with their rows, rows with a new index, versions without gaps, a
 * change for every version. Reads one snapshot, in batches, beside whatever else the server does.
 */
import type { Context } from '../context.ts'
import { instant } from '../fhir/date-range.ts'
import { isJsonObject, type JsonObject, parseStored } from '../fhir/json.ts'
import {
  type ChangeRow,
  type CurrentRow,
  changeRows,
  currentRows,
  existing,
  fixSnapshot,
  missingEntries,
  type OldRow,
  oldRows,
  repeatedChanges,
  strayChanges,
  totals,
  unloggedVersions,
} from '../store/fsck.ts'
import { type Indexing, indexingState } from '../store/reindex-jobs.ts'
import type { IndexedVersion } from '../store/store.ts'
import { indexDifferences, readAside } from './check-index.ts'
import { danglingReferences } from './check-references.ts'
import { indexVersion } from './write.ts'

export interface Problem {
  readonly check: 'content' | 'index' | 'dictionary' | 'versions' | 'change-log'
  /** `Patient/1/_history/2`, or what is known of it. */
  readonly reference: string
  readonly detail: string
}

export interface Report {
  readonly resources: number
  /** Current and old. */
  readonly versions: number
  readonly changes: number
  readonly problems: number
  /** The first of the problems. */
  readonly examples: readonly Problem[]
  /** Unless it is complete, rows could not be compared with the index. */
  readonly indexing: Indexing
  /** References in current resources to resources of this server that are not there: allowed, but told. */
  readonly danglingReferences: number
}

export interface CheckOptions {
  /** Called after every batch with the share that is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void
}

const mostExamples = 100
const batch = 500
const leastKey = '-9223372036854775808'

/** Checks everything; the report has no problems when all is well. */
export async function checkStore(context: Context, options: CheckOptions = {}): Promise<Report> {
  // Before the transaction: whoever looks at the state of the index in one is waited for by those who change it.
  const indexes = await context.indexSource.refresh()
  const indexing = await indexingState(context.store.database)
  return context.store.database.transaction(async (db) => {
    await fixSnapshot(db)
    const inside = { ...context, indexes, store: { ...context.store, db } }
    const counts = await totals(inside.store)
    const check = newCheck(inside, counts.resources + counts.old + counts.changes, indexing === 'complete', options)
    for (const type of context.store.typeNumbers.keys()) await checkCurrent(check, type)
    await checkHistory(check)
    await checkChanges(check, counts.resources + counts.old === counts.changes)
    return {
      resources: counts.resources,
      versions: counts.resources + counts.old,
      changes: counts.changes,
      problems: check.count(),
      examples: check.examples,
      indexing,
      danglingReferences: check.dangling(),
    }
  })
}

interface Check {
  readonly context: Context
  /** Whether rows are compared with the index. */
  readonly compares: boolean
  readonly typeNames: ReadonlyMap<number, string>
  readonly examples: readonly Problem[]
  problem(check: Problem['check'], reference: string, detail: string): void
  addDangling(count: number): void
  progress(rows: number): void
  count(): number
  dangling(): number
}

function newCheck(context: Context, rows: number, compares: boolean, { onProgress }: CheckOptions): Check {
  const examples: Problem[] = []
  let [count, dangling, done] = [0, 0, 0]
  return {
    context,
    compares,
    typeNames: new Map([...context.store.typeNumbers].map(([name, number]) => [number, name])),
    examples,
    problem: (check, reference, detail) => {
      count++
      if (examples.length < mostExamples) examples.push({ check, reference, detail })
    },
    addDangling: (more) => {
      dangling += more
    },
    progress: (more) => {
      done += more
      onProgress?.(rows === 0 ? 1 : done / rows)
    },
    count: () => count,
    dangling: () => dangling,
  }
}

async function checkCurrent(check: Check, type: string): Promise<void> {
  const { store } = check.context
  let after = leastKey
  for (;;) {
    const rows = await currentRows(store.db, type, after, batch)
    if (rows.length === 0) return
    after = rows.at(-1)!.pk
    const resources = rows.flatMap((row) => {
      if (row.version !== row.before + 1 && (row.before > 0 || row.version !== row.expunged + 1)) {
        check.problem('versions', nameOf(type, row), `follows version ${row.before}`)
      }
      const resource = checkContent(check, type, row, row.content)
      return resource ? [{ row, resource }] : []
    })
    if (check.compares) {
      const indexed = resources.map(({ row, resource }) => ({ row, version: indexAgain(check, type, row, resource) }))
      await checkIndexes(check, type, indexed)
    }
    const contents = resources.map(({ resource }) => resource)
    check.addDangling(await danglingReferences(contents, check.context))
    check.progress(rows.length)
  }
}

/** The resource, when its content is JSON that names it, its version and its time as the row does. */
function checkContent(
  check: Check,
  type: string,
  row: { readonly pk: string; readonly version: number; readonly ts: string },
  content: string,
): JsonObject | undefined {
  const wrong = (detail: string) => check.problem('content', nameOf(type, row), detail)
  let resource: JsonObject
  try {
    resource = parseStored(content)
  } catch {
    wrong('is not JSON')
    return undefined
  }
  const { resourceType, id, meta } = resource
  const { versionId, lastUpdated } = (isJsonObject(meta) ? meta : {}) as JsonObject
  if (resourceType !== type) wrong(`is a ${resourceType}`)
  if (versionId !== String(row.version)) wrong(`says it is version ${versionId}`)
  if (lastUpdated !== instant(Number(row.ts))) wrong(`was stored at ${instant(Number(row.ts))}, not ${lastUpdated}`)
  if (String(check.context.indexes.terms.key(type, String(id))) !== row.pk) {
    wrong(`has the id ${id}, which belongs to another key`)
    return undefined
  }
  return resource
}

function indexAgain(check: Check, type: string, row: CurrentRow, resource: JsonObject): IndexedVersion {
  const place = { id: String(resource['id']), key: BigInt(row.pk), ts: Number(row.ts) }
  return indexVersion({ ...resource, resourceType: type }, place, check.context)
}

async function checkIndexes(
  check: Check,
  type: string,
  indexed: readonly { readonly row: CurrentRow; readonly version: IndexedVersion }[],
): Promise<void> {
  const { db, typeNumbers } = check.context.store
  const aside = await readAside(
    db,
    indexed.map(({ row }) => row.pk),
  )
  const indexRows = indexed.flatMap(({ version }) => [version.index, ...version.contained.map((inner) => inner.index)])
  const units = [...new Set(indexRows.flatMap(({ units }) => units.map(({ unit }) => unit)))]
  const missing = await missingEntries(
    db,
    indexRows.flatMap(({ texts }) => texts),
    units,
  )
  for (const { row, version } of indexed) {
    const differences = indexDifferences(row, aside, version, typeNumbers)
    if (differences.length > 0)
      check.problem('index', nameOf(type, row, version.id), `differs in ${differences.join(', ')}`)
    const entries = [version.index, ...version.contained.map((inner) => inner.index)]
      .flatMap(({ texts, units }) => [...texts.map(({ term }) => term), ...units.map(({ unit }) => unit)])
      .filter((key) => missing.has(key))
    if (entries.length > 0)
      check.problem('dictionary', nameOf(type, row, version.id), `lacks ${entries.length} entries`)
  }
}

async function checkHistory(check: Check): Promise<void> {
  const { db } = check.context.store
  let last: OldRow | undefined
  for (;;) {
    const rows = await oldRows(db, last?.pk ?? leastKey, last?.version ?? 0, batch)
    const ends: OldRow[] = []
    for (const row of rows) {
      const follows = last?.pk === row.pk
      if (last && !follows) ends.push(last)
      checkOld(check, row, follows ? last : undefined)
      last = row
    }
    if (rows.length === 0 && last) ends.push(last)
    await checkEnds(check, ends)
    if (rows.length === 0) return
    check.progress(rows.length)
  }
}

function checkOld(check: Check, row: OldRow, before: OldRow | undefined): void {
  const type = check.typeNames.get(row.type) ?? 'unknown'
  const starts = row.version === 1 || row.version === row.expunged + 1
  if (before ? row.version !== before.version + 1 : !starts) {
    check.problem('versions', nameOf(type, row), `follows version ${before?.version ?? row.expunged}`)
  }
  if (before && before.type !== row.type) check.problem('versions', nameOf(type, row), 'changes its type')
  if (row.content !== null) checkContent(check, type, row, row.content)
}

/** The last version in a history is a deletion, unless the resource is there. */
async function checkEnds(check: Check, ends: readonly OldRow[]): Promise<void> {
  for (const [number, rows] of Map.groupBy(ends, (row) => row.type)) {
    const type = check.typeNames.get(number)
    if (type === undefined) continue
    const there = await existing(
      check.context.store.db,
      type,
      rows.map((row) => row.pk),
    )
    for (const row of rows) {
      if (row.content === null || there.has(row.pk)) continue
      check.problem('versions', nameOf(type, row), 'is the last, but neither current nor a deletion')
    }
  }
}

/** With as many changes as versions, each of a version of its own, every version has its change. */
async function checkChanges(check: Check, equalCounts: boolean): Promise<void> {
  const { db, typeNumbers } = check.context.store
  let after = '0'
  for (;;) {
    const rows = await changeRows(db, after, batch * 10)
    if (rows.length === 0) break
    after = rows.at(-1)!.seq
    for (const [number, changes] of Map.groupBy(rows, (row) => row.type)) await checkSome(check, number, changes)
    check.progress(rows.length)
  }
  for (const row of await repeatedChanges(db, mostExamples)) {
    check.problem('change-log', nameOf('?', row), 'is logged more than once')
  }
  if (equalCounts) return
  for (const type of [undefined, ...typeNumbers.keys()]) {
    for (const row of await unloggedVersions(db, type, mostExamples)) {
      check.problem('change-log', nameOf(type ?? '?', row), 'is not logged')
    }
  }
}

async function checkSome(check: Check, number: number, changes: readonly ChangeRow[]): Promise<void> {
  const type = check.typeNames.get(number)
  const stray = type && (await strayChanges(check.context.store.db, type, number, changes))
  for (const change of changes) {
    if (stray && !stray.has(change.seq)) continue
    check.problem('change-log', nameOf(type ?? '?', change), `differs from the change ${change.seq} (${change.op})`)
  }
}

function nameOf(type: string, { pk, version }: { readonly pk: string; readonly version: number }, id?: string): string {
  return `${type}/${id ?? `key ${pk}`}/_history/${version}`
}
