/** Every column that holds something sealed, for keys that are changed. */
import { identifier, raw, sql } from '../sql.ts'
import type { Db } from './database.ts'
import { bytes } from './values.ts'

export interface SealedColumn {
  readonly table: string
  readonly column: string
  /** SQL of what each value was sealed for. */
  readonly purpose: string
}

/** What is sealed anew when keys change. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'signing_key', column: 'private_key', purpose: "'signing-key:' || kid" },
  { table: 'account_totp', column: 'secret', purpose: "'totp:' || account" },
  { table: 'outbox', column: 'parameters', purpose: "'notice:' || template" },
  { table: 'app_state', column: 'sealed', purpose: "'app-state:' || id" },
]

/** What keeps its seal for good: nobody changes the segments of the audit trail, so the keys that sealed them stay. */
const unchanged: readonly Pick<SealedColumn, 'table' | 'column'>[] = [{ table: 'audit_segment', column: 'seal' }]

export interface SealedValue {
  readonly sealed: Buffer
  readonly purpose: string
}

/** Some of the values of a column that another key than the one with this id has sealed. */
export function outdatedValues(db: Db, of: SealedColumn, keyId: string, most: number): Promise<SealedValue[]> {
  const column = identifier(of.column)
  return db.query<SealedValue>(sql`select ${column} as sealed, ${raw(of.purpose)} as purpose
    from ${identifier(of.table)} where encode(substring(${column} from 2 for 4), 'hex') <> ${keyId} limit ${most}`)
}

/** Puts what was sealed anew in place of what it was; not where that has changed meanwhile. */
export async function replaceValue(db: Db, of: SealedColumn, before: Buffer, after: Buffer): Promise<void> {
  const column = identifier(of.column)
  await db.query(
    sql`update ${identifier(of.table)} set ${column} = ${bytes(after)} where ${column} = ${bytes(before)}`,
    { writes: true },
  )
}

/** The ids, in hexadecimal, of all keys that something in the database is sealed with. */
export async function usedKeyIds(db: Db): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (const { table, column } of [...sealedColumns, ...unchanged]) {
    const name = identifier(column)
    const rows = await db.query<{ id: string }>(sql`
      select distinct encode(substring(${name} from 2 for 4), 'hex') as id from ${identifier(table)}
      where ${name} is not null`)
    for (const { id } of rows) ids.add(id)
  }
  return ids
}
