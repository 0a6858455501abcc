/**
 * Imports a release of a code system. All happens in one transaction: until it commits, servers answer from the release
 * before; what fails leaves nothing behind.
 */
import type { JsonObject } from '../../fhir/json.ts'
import type { ConceptRow, ReleaseSystem } from '../../fhir/terminology/concept-row.ts'
import { compareReleases } from '../../fhir/terminology/release-order.ts'
import { sql } from '../../sql.ts'
import { copyIn } from '../copy.ts'
import { beginRow, type CopyRows, copyRows, putInt4, putNull, putText } from '../copy-format.ts'
import { type Database, sqlState, type Transaction } from '../database.ts'
import { batchSize, copyConcepts, copyStatement, indexTable } from './copy-concepts.ts'
import { gather, take } from './gather.ts'
import { designationsText, propertiesText } from './row-texts.ts'
import { createTables, dropTables } from './tables.ts'
import { storeValueSets } from './value-sets.ts'

export interface ReleaseImport {
  readonly system: ReleaseSystem
  /** The reader that the rows come from. */
  readonly kind: string
  readonly rows: AsyncIterable<ConceptRow>
  /** ValueSet resources that come with it. */
  readonly valueSets?: AsyncIterable<JsonObject>
  /** Whether it may take the place of a later release. */
  readonly older?: boolean
  /** Called now and then with the number of concepts so far, and what is being done. */
  readonly report?: (concepts: number, step: ImportStep) => void
}

export type ImportStep = 'reading' | 'hierarchy' | 'words' | 'indexes'

export interface ImportedRelease {
  readonly number: number
  readonly concepts: number
  /** Codes that came more than once; the first row of each was taken. */
  readonly repeated: number
}

/** A later release is there, whose codes would go. */
export class OlderReleaseError extends Error {}

/** Nothing would be left of the release before. */
export class EmptyReleaseError extends Error {}

export async function importRelease(database: Database, release: ReleaseImport): Promise<ImportedRelease> {
  const imported = await database.transaction(async (tx) => {
    await lockReleases(tx)
    await tx.query(sql`set local maintenance_work_mem = '128MB'`, { prepared: false })
    if (!release.older) await refuseOlder(tx, release.system)
    const number = await nextNumber(tx)
    for (const statement of createTables(number)) await tx.query(statement, { prepared: false })
    const { gathered, repeated } = await copyTexts(tx, number, release)
    if (gathered.count === 0) throw new EmptyReleaseError('The release has no concepts.')
    // The database makes the indexes of a table while the rows of the next one are put together.
    await Promise.all([
      indexTable(tx, number, 'text'),
      copyConcepts(tx, number, gathered, (step) => release.report?.(gathered.count, step)),
    ])
    release.report?.(gathered.count, 'indexes')
    await indexTable(tx, number, 'posting')
    await makeCurrent(tx, number, release, gathered.count)
    if (release.valueSets) await storeValueSets(tx, number, release.valueSets)
    return { number, concepts: gathered.count, repeated }
  })
  await dropReplaced(database)
  return imported
}

/** One at a time: two imports of the same system would replace each other. */
export async function lockReleases(tx: Transaction): Promise<void> {
  // An import takes minutes.
  await tx.query(sql`set local statement_timeout = 0`, { prepared: false })
  await tx.query(sql`select pg_advisory_xact_lock(7236454)`)
}

async function refuseOlder(tx: Transaction, { url, version, name }: ReleaseSystem): Promise<void> {
  const [later] = await tx.query<{ version: string }>(
    sql`select version from terminology_release
      where url = ${url} and edition = ${editionOf(version)} and state = 'current'`,
  )
  if (!later || compareReleases(url, version, later.version) >= 0) return
  throw new OlderReleaseError(`${name} (${url}|${version}) is older than ${later.version}, which is here.`)
}

async function nextNumber(tx: Transaction): Promise<number> {
  const [row] = await tx.query<{ number: string }>(
    sql`select nextval(pg_get_serial_sequence('terminology_release', 'number'))::int as number`,
  )
  return Number(row!.number)
}

async function copyTexts(tx: Transaction, release: number, { rows, report }: ReleaseImport) {
  const statement = copyStatement(release, 'text')
  const gathered = gather()
  let repeated = 0
  let batch = copyRows()
  // One batch travels while the next is filled.
  let travelling: Promise<void> = Promise.resolve()
  for await (const row of rows) {
    const index = take(gathered, row)
    if (index === undefined) repeated++
    else putTextRow(batch, index, row)
    if (batch.count < batchSize) continue
    await travelling
    travelling = copyIn(tx.client, [{ statement, rows: batch }])
    // Whoever awaits it hears of it; until then it is no unhandled rejection.
    travelling.catch(() => {})
    batch = copyRows()
    report?.(gathered.count, 'reading')
  }
  await travelling
  await copyIn(tx.client, [{ statement, rows: batch }])
  return { gathered, repeated }
}

function putTextRow(rows: CopyRows, index: number, row: ConceptRow): void {
  beginRow(rows, 5)
  putInt4(rows, index)
  putOptional(rows, row.display)
  putOptional(rows, row.definition)
  putOptional(rows, row.designations?.length ? designationsText(row.designations) : undefined)
  putOptional(rows, row.properties?.length ? propertiesText(row.properties) : undefined)
}

function putOptional(rows: CopyRows, text: string | undefined): void {
  if (text === undefined) putNull(rows)
  else putText(rows, text)
}

/** SNOMED CT's versions begin with their edition. */
export function editionOf(version: string): string {
  const end = version.indexOf('/version/')
  return end < 0 ? '' : version.slice(0, end)
}

async function makeCurrent(tx: Transaction, number: number, { system, kind }: ReleaseImport, concepts: number) {
  const { url, version, name } = system
  const edition = editionOf(version)
  const properties = system.properties.map(({ code }) => code)
  await tx.query(sql`
    update terminology_release set state = 'replaced' where url = ${url} and edition = ${edition} and state = 'current'`)
  await tx.query(sql`
    insert into terminology_release (number, url, version, edition, name, kind, state, concepts, properties)
    overriding system value
    values (${number}, ${url}, ${version}, ${edition}, ${name}, ${kind}, 'current', ${concepts}, ${properties}::text[])`)
}

const lockNotAvailable = '55P03'

/** Requests that are under way may still read the old tables: where they do, the next import drops them. */
export async function dropReplaced(database: Database): Promise<void> {
  const replaced = await database.query<{ number: number }>(
    sql`select number from terminology_release where state = 'replaced' order by number`,
  )
  for (const { number } of replaced) {
    try {
      await database.transaction(async (tx) => {
        await tx.query(sql`set local lock_timeout = '2s'`, { prepared: false })
        await tx.query(dropTables(number), { prepared: false })
        await tx.query(sql`delete from terminology_release where number = ${number}`)
      })
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable && !isContention(error)) throw error
    }
  }
}

function isContention(error: unknown): boolean {
  return (error as { status?: number }).status === 409
}
