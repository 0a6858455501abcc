/** Assertions of clients: each is taken once. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes } from '../values.ts'

/** Takes an assertion; false where it was taken before. One of several at once succeeds. */
export async function takeAssertion(db: Db, client: string, hash: Buffer, expires: number): Promise<boolean> {
  const rows = await db.query(
    sql`insert into jti (client, hash, expires) values (${client}, ${bytes(hash)}, ${at(expires)})
      on conflict do nothing returning client`,
    { writes: true },
  )
  return rows.length > 0
}
