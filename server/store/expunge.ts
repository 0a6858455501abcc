/** Physical removal of versions, with all that was derived from them. */

import { type Access, visible } from '../access/access.ts'
import { tableOf } from '../fhir/search/table.ts'
import { all, raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'

import type { Store } from './store.ts'

/**
 * `previous`: the versions before the current one, of resources that exist. `deleted`: all versions of resources that
 * were deleted. `everything`: all versions, the current one included.
 */
export type Expunged = 'previous' | 'deleted' | 'everything'

export interface ExpungeScope {
  readonly type: string
  /** One resource; all of the type when absent. */
  readonly key?: bigint | undefined
}

/**
 * Removes versions, a resource's together, until `limit` or more are removed. Answers how many. What a resource's history
 * has lost is remembered by number, so that the rest can be checked for completeness.
 */
export function expungeVersions(
  store: Store,
  access: Access,
  scope: ExpungeScope,
  what: Expunged,
  limit: number,
): Promise<number> {
  const remove = async (db: Db) => {
    const candidates = await db.query<{ pk: string; versions: string }>(
      selections[what](scope, scopeConditions(store, access, scope), limit),
    )
    const keys: string[] = []
    let versions = 0
    for (const candidate of candidates) {
      if (versions >= limit) break
      keys.push(candidate.pk)
      versions += Number(candidate.versions)
    }
    return keys.length === 0 ? 0 : removeVersions(db, scope.type, keys, what === 'everything')
  }
  return store.db === store.database ? store.database.transaction(remove) : remove(store.db)
}

interface Conditions {
  readonly old: Sql
  readonly current: Sql
}

function scopeConditions({ typeNumbers }: Store, access: Access, { type, key }: ExpungeScope): Conditions {
  const shared = [visible(access, type, raw('r')), ...(key === undefined ? [] : [sql`r.pk = ${key}`])]
  return { old: all([sql`r.type = ${typeNumbers.get(type)!}`, ...shared]), current: all(shared) }
}

type Selection = (scope: ExpungeScope, conditions: Conditions, limit: number) => Sql

const selections: Readonly<Record<Expunged, Selection>> = {
  previous: ({ type }, { old }, limit) => sql`
    select r.pk, count(*) as versions from history r
    where ${old} and exists (select from ${tableOf(type)} c where c.pk = r.pk)
    group by r.pk order by r.pk limit ${limit}`,
  deleted: ({ type }, { old }, limit) => sql`
    select r.pk, count(*) as versions from history r
    where ${old} and not exists (select from ${tableOf(type)} c where c.pk = r.pk)
    group by r.pk order by r.pk limit ${limit}`,
  everything: ({ type }, { old, current }, limit) => sql`
    select pk, sum(versions) as versions from (
      select r.pk, count(*) as versions from history r where ${old} group by r.pk
      union all
      (select r.pk, 1 from ${tableOf(type)} r where ${current} order by r.pk limit ${limit})
    ) v group by pk order by pk limit ${limit}`,
}

async function removeVersions(db: Db, type: string, keys: string[], current: boolean): Promise<number> {
  const list = sql`${keys}::bigint[]`
  const table = tableOf(type)
  // A writer must not move a version to the history behind the removal of the history.
  if (current) await db.query(sql`select from ${table} where pk = any (${list}) order by pk for update`)
  const removed = await db.query<{ pk: string; version: number }>(sql`
    delete from history where pk = any (${list}) returning pk, version`)
  if (current) {
    await db.query(sql`select clear_side(pk) from unnest(${list}) pk`)
    removed.push(
      ...(await db.query<{ pk: string; version: number }>(sql`
      delete from ${table} where pk = any (${list}) returning pk, version`)),
    )
  }
  const versions = sql`unnest(${removed.map((row) => row.pk)}::bigint[], ${removed.map((row) => row.version)}::int[]) v (pk, version)`
  await db.query(sql`delete from change_log l using ${versions} where l.pk = v.pk and l.version = v.version`)
  await db.query(sql`
    insert into expunged (pk, version) select v.pk, max(v.version) from ${versions} group by v.pk
    on conflict (pk) do update set version = greatest(expunged.version, excluded.version)`)
  return removed.length
}
