/** The tables of closure that clients keep. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'

export interface ClosureConcept {
  readonly system: string
  readonly code: string
  /** Of the table, when the concept came. */
  readonly version: number
}

export interface Closure {
  readonly version: number
  readonly concepts: readonly ClosureConcept[]
}

/** Begins a table, or begins it anew. */
export async function beginClosure(db: Db, name: string): Promise<void> {
  await db.query(
    sql`with gone as (delete from closure_concept where name = ${name})
      insert into closure (name, version) values (${name}, 0) on conflict (name) do update set version = 0`,
    { writes: true },
  )
}

/** Adds concepts that are not there yet; false where there is no such table. */
export async function addToClosure(
  db: Db,
  name: string,
  concepts: readonly { readonly system: string; readonly code: string }[],
): Promise<boolean> {
  const rows = await db.query(
    sql`with next as (update closure set version = version + 1 where name = ${name} returning name, version),
      added as (
        insert into closure_concept (name, system, code, version)
        select next.name, system, code, next.version
        from next, unnest(${concepts.map(({ system }) => system)}::text[], ${concepts.map(({ code }) => code)}::text[]) as c (system, code)
        on conflict do nothing
      )
      select version from next`,
    { writes: true },
  )
  return rows.length > 0
}

export async function readClosure(db: Db, name: string): Promise<Closure | undefined> {
  const rows = await db.query<{ current: number } & { [Name in keyof ClosureConcept]: ClosureConcept[Name] | null }>(
    sql`select t.version as current, c.system, c.code, c.version from closure t left join closure_concept c using (name)
      where name = ${name} order by c.version, c.system, c.code`,
  )
  const [first] = rows
  if (!first) return undefined
  const concepts = rows.flatMap(({ system, code, version }) =>
    system === null || code === null || version === null ? [] : [{ system, code, version }],
  )
  return { version: first.current, concepts }
}
