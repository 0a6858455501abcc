/** Installed FHIR packages, and the generation by which processes notice that they have changed. */
import { sql } from '../sql.ts'
import type { Database, Db, Transaction } from './database.ts'

export interface PackageRow {
  readonly number: number
  readonly name: string
  readonly version: string
  readonly integrity: string
  readonly digest: string
  /** JSON. */
  readonly manifest: string
  /** JSON. */
  readonly problems: string
  /** Somebody asked for it; the others are there because these depend on them. */
  readonly requested: boolean
}

export interface PackageResourceRow {
  readonly file: string
  readonly type: string
  readonly url: string
  readonly version: string
  readonly content: string
}

/** In the order of installation. */
export async function installedPackages(db: Db): Promise<PackageRow[]> {
  return db.query(sql`
    select number, name, version, integrity, digest, manifest, problems, requested from package order by number`)
}

/** How many resources of each type the packages have, by number. */
export async function countPackageResources(db: Db): Promise<ReadonlyMap<number, ReadonlyMap<string, number>>> {
  const rows = await db.query<{ package: number; type: string; count: number }>(sql`
    select package, type, count(*)::int as count from package_resource group by package, type order by type`)
  const counts = new Map<number, Map<string, number>>()
  for (const { package: number, type, count } of rows) {
    counts.set(number, (counts.get(number) ?? new Map<string, number>()).set(type, count))
  }
  return counts
}

/** Characters of content in one statement. */
const mostText = 4_000_000
const mostRows = 500

/** Part of the transaction that installs it. `report` is told how many resources are stored. */
export async function storePackage(
  tx: Transaction,
  given: Omit<PackageRow, 'number'>,
  resources: Iterable<PackageResourceRow>,
  report: (stored: number) => void = () => {},
): Promise<void> {
  await tx.query(sql`set local statement_timeout = 0`, { prepared: false })
  const { name, version, integrity, digest, manifest, problems, requested } = given
  const [row] = await tx.query<{ number: number }>(sql`
    insert into package (name, version, integrity, digest, manifest, problems, requested)
    values (${name}, ${version}, ${integrity}, ${digest}, ${manifest}, ${problems}, ${requested}) returning number`)
  let batch: PackageResourceRow[] = []
  let text = 0
  let stored = 0
  const store = async () => {
    await storeResources(tx, row!.number, stored, batch)
    stored += batch.length
    report(stored)
    batch = []
    text = 0
  }
  for (const resource of resources) {
    batch.push(resource)
    text += resource.content.length
    if (text >= mostText || batch.length >= mostRows) await store()
  }
  if (batch.length > 0) await store()
}

async function storeResources(tx: Transaction, number: number, before: number, rows: readonly PackageResourceRow[]) {
  const column = (name: keyof PackageResourceRow) => rows.map((row) => row[name])
  await tx.query(sql`
    insert into package_resource (package, position, file, type, url, version, content)
    select ${number}, ${before}::int + place, file, type, url, version, content
    from unnest(${column('file')}::text[], ${column('type')}::text[], ${column('url')}::text[],
      ${column('version')}::text[], ${column('content')}::text[])
      with ordinality as r (file, type, url, version, content, place)`)
}

/** A package that was there for others only is asked for now. */
export async function requestPackage(tx: Transaction, number: number): Promise<void> {
  await tx.query(sql`update package set requested = true where number = ${number}`)
}

export async function removePackages(tx: Transaction, numbers: readonly number[]): Promise<void> {
  await tx.query(sql`set local statement_timeout = 0`, { prepared: false })
  await tx.query(sql`delete from package where number = any (${numbers}::int[])`)
}

const pageRows = 200

/** A package's resources in order; all of one state of the database unless it is removed meanwhile. */
export async function* packageResources(db: Db, number: number): AsyncGenerator<PackageResourceRow> {
  for (let after = 0; ; ) {
    const rows = await db.query<PackageResourceRow & { position: number }>(sql`
      select position, file, type, url, version, content from package_resource
      where package = ${number} and position > ${after} order by position limit ${pageRows}`)
    yield* rows
    const last = rows.at(-1)
    if (!last) return
    after = last.position
  }
}

/** The resources of a type of all packages, in the order of installation; of one package where its number is given. */
export async function packageContents(
  db: Db,
  type: string,
): Promise<
  (PackageResourceRow & { readonly package: number; readonly name: string; readonly packageVersion: string })[]
> {
  return db.query(sql`
    select r.package, p.name, p.version as "packageVersion", r.file, r.type, r.url, r.version, r.content
    from package_resource r join package p on p.number = r.package
    where r.type = ${type} order by r.package, r.position`)
}

export async function conformanceGeneration(db: Db): Promise<number> {
  const rows = await db.query<{ generation: number }>(sql`select generation from conformance`)
  return rows[0]!.generation
}

/** Makes every process look again. */
export async function nextConformance(tx: Transaction): Promise<void> {
  await tx.query(sql`update conformance set generation = generation + 1`)
}

/** What was changed by whatever means shows in the generation. After the tables of resource types are made. */
export async function watchProfiles(database: Database | Transaction): Promise<void> {
  const known = await database.query(sql`
    select from pg_trigger where tgname = 'conformance_changed' and tgrelid = 'r_structuredefinition'::regclass`)
  if (known.length > 0) return
  await database.query(sql`
    create trigger conformance_changed after insert or update or delete on r_structuredefinition
    for each statement execute function conformance_changed()`)
}

export interface StoredProfile {
  readonly pk: string
  readonly version: number
}

/** What profiles clients have stored, and the generation, in one snapshot. */
export async function storedProfiles(db: Db): Promise<{ generation: number; profiles: readonly StoredProfile[] }> {
  const rows = await db.query<{ generation: number; profiles: [pk: string, version: number][] | null }>(sql`
    select generation, (select json_agg(json_build_array(pk::text, version) order by pk) from r_structuredefinition)
      as profiles from conformance`)
  const { generation, profiles } = rows[0]!
  return { generation, profiles: (profiles ?? []).map(([pk, version]) => ({ pk, version })) }
}
