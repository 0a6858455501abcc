/** Removes what has expired, a little at a time. */
import { identifier, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at } from '../values.ts'
import { removeUnusedClients } from './clients.ts'

/** Milliseconds for which expired tokens are kept: using one again still tells that it was stolen. */
const kept = 7 * 86_400_000
const batch = 5000
/** Milliseconds for which a client that registered itself and got nothing is known. */
const clientsKept = 30 * 86_400_000

/** Answers how many rows are gone. */
export async function tidyAuthorization(db: Db, now: number): Promise<number> {
  let gone = 0
  for (const [table, key, before] of [
    ['jti', 'hash', now],
    ['launch', 'hash', now],
    ['authorization_request', 'hash', now],
    ['token', 'hash', now - kept],
    ['grant_', 'number', now - kept],
  ] as const) {
    const rows = await db.query(
      sql`delete from ${identifier(table)} where ctid = any(array(
          select ctid from ${identifier(table)} where expires < ${at(before)} limit ${batch}))
        returning ${identifier(key)}`,
      { writes: true },
    )
    gone += rows.length
  }
  await removeUnusedClients(db, now - clientsKept)
  return gone
}
