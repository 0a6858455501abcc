/** Brings the database's schema up to date; safe to run by several processes at once. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { raw, sql } from '../sql.ts'
import { watchAccess } from './access-changes.ts'
import { protectAuditEvents } from './audit.ts'
import type { Database, Transaction } from './database.ts'
import { watchProfiles } from './packages.ts'

const folder = fileURLToPath(new URL('migrations/', import.meta.url))
const typeTemplate = readFileSync(join(folder, 'resource-type.sql'), 'utf8')
const functions = 'resource-functions.sql'

/** Applies the migrations that are missing and makes the tables of resource types that have none. */
export async function migrate(database: Database, resourceTypes: readonly string[]): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(sql`select pg_advisory_xact_lock(7236452)`)
    await tx.query(sql`set local statement_timeout = 0`, { prepared: false })
    await tx.query(sql`set local check_function_bodies = off`, { prepared: false })
    await tx.query(
      sql`create table if not exists migration (name text primary key, checksum text not null, applied timestamptz not null default now())`,
      { prepared: false },
    )
    for (const name of readdirSync(folder)
      .filter((file) => /^\d{4}-/.test(file))
      .sort())
      await apply(tx, name)
    await createTypes(tx, resourceTypes)
    await createFunctions(tx)
    await watchProfiles(tx)
    await watchAccess(tx)
    await protectAuditEvents(tx)
  })
}

async function apply(tx: Transaction, name: string): Promise<void> {
  const text = readFileSync(join(folder, name), 'utf8')
  const checksum = checksumOf(text)
  const applied = await appliedOf(tx, name)
  if (applied && applied.checksum !== checksum) {
    throw new Error(`The migration ${name} was changed after it had been applied to this database.`)
  }
  if (applied) return
  await tx.client.query(text)
  await tx.query(sql`insert into migration (name, checksum) values (${name}, ${checksum})`)
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function appliedOf(tx: Transaction, name: string): Promise<{ readonly checksum: string } | undefined> {
  const [applied] = await tx.query<{ checksum: string }>(sql`select checksum from migration where name = ${name}`)
  return applied
}

async function createTypes(tx: Transaction, resourceTypes: readonly string[]): Promise<void> {
  const known = await tx.query<ResourceType>(sql`select number, name from resource_type`)
  const names = new Set(known.map((type) => type.name))
  let number = Math.max(0, ...known.map((type) => type.number))
  let added = false
  for (const name of resourceTypes) {
    if (names.has(name)) continue
    number += 1
    await tx.query(sql`insert into resource_type (number, name) values (${number}, ${name})`)
    await tx.query(raw(filledIn(typeTemplate, { name, number })), { prepared: false })
    added = true
  }
  if (added) await tx.query(sql`delete from migration where name = ${functions}`)
}

/** The functions of all types, where they are not those of the file. */
async function createFunctions(tx: Transaction): Promise<void> {
  const template = readFileSync(join(folder, functions), 'utf8')
  const checksum = checksumOf(template)
  if ((await appliedOf(tx, functions))?.checksum === checksum) return
  const types = await tx.query<ResourceType>(sql`select number, name from resource_type order by number`)
  for (const type of types) await tx.query(raw(filledIn(template, type)), { prepared: false })
  await tx.query(sql`
    insert into migration (name, checksum) values (${functions}, ${checksum})
    on conflict (name) do update set checksum = excluded.checksum, applied = now()`)
}

interface ResourceType {
  readonly number: number
  readonly name: string
}

function filledIn(template: string, { name, number }: ResourceType): string {
  return template.replaceAll('{name}', name.toLowerCase()).replaceAll('{number}', String(number))
}
