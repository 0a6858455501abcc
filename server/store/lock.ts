/** Holding a resource against other writers. */

import { tableOf } from '../fhir/search/table.ts'
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

/** Until the transaction ends nobody else writes the resource. Tells nothing of it: reading goes by the Access. */
export async function lockResource(db: Db, type: string, key: bigint): Promise<void> {
  await db.query(sql`select from ${tableOf(type)} where pk = ${key} for update`)
}
