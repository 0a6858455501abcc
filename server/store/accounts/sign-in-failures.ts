/** How often signing in failed lately, and the networks that accounts have signed in from. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, byteLists, bytes, milliseconds } from '../values.ts'

export interface Failures {
  readonly key: Buffer
  readonly failures: number
  /** Not before this is it tried again, in milliseconds. */
  readonly next: number
}

/** Those of the keys that failed after `since`. */
export async function failuresOf(db: Db, keys: readonly Buffer[], since: number): Promise<readonly Failures[]> {
  return db.query<Failures>(sql`
    select key, failures, ${milliseconds(sql`next`)} as next from sign_in_failure
    where key = any(${byteLists(keys)}) and last > ${at(since)}`)
}

/** One more failure of a key, which counts anew after `since`; answers how many there are. */
export async function addFailure(db: Db, key: Buffer, { since, now }: { since: number; now: number }): Promise<number> {
  const rows = await db.query<{ failures: number }>(
    sql`insert into sign_in_failure as known (key, failures, last, next)
      values (${bytes(key)}, 1, ${at(now)}, ${at(now)})
      on conflict (key) do update set last = excluded.last,
        failures = case when known.last > ${at(since)} then known.failures + 1 else 1 end
      returning failures`,
    { writes: true },
  )
  return rows[0]!.failures
}

export async function delayKey(db: Db, key: Buffer, next: number): Promise<void> {
  await db.query(sql`update sign_in_failure set next = greatest(next, ${at(next)}) where key = ${bytes(key)}`, {
    writes: true,
  })
}

export async function forgetFailures(db: Db, keys: readonly Buffer[]): Promise<void> {
  await db.query(sql`delete from sign_in_failure where key = any(${byteLists(keys)})`, { writes: true })
}

/** Whether an account has signed in from a network since a time. */
export async function isKnownNetwork(db: Db, account: string, network: string, since: number): Promise<boolean> {
  const rows = await db.query(sql`
    select from account_network where account = ${account}::bigint and network = ${network} and last > ${at(since)}`)
  return rows.length > 0
}

export async function noteNetwork(db: Db, account: string, network: string, now: number): Promise<void> {
  await db.query(
    sql`insert into account_network (account, network, last) values (${account}::bigint, ${network}, ${at(now)})
      on conflict (account, network) do update set last = excluded.last`,
    { writes: true },
  )
}
