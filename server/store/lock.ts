/** Holding resources against other writers. */

import { arrayText, tableOf } from '../fhir/search/table.ts'
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

/** Until the transaction ends nobody else writes the resource. Tells nothing of it: reading goes by the Access. */
export async function lockResource(db: Db, type: string, key: bigint): Promise<void> {
  await db.query(sql`select from ${tableOf(type)} where pk = ${key} for update`)
}

/** As `lockResource`, type by type in order of keys: of transactions that meet, one waits, and none has to give up. */
export async function lockResources(
  db: Db,
  resources: readonly { readonly type: string; readonly key: bigint }[],
): Promise<void> {
  const byType = Map.groupBy(resources, ({ type }) => type)
  for (const type of [...byType.keys()].sort()) {
    const keys = arrayText(byType.get(type)!.map(({ key }) => key))
    await db.query(sql`select from ${tableOf(type)} where pk = any (${keys}::bigint[]) order by pk for update`)
  }
}

/** All reads of the transaction see the same moment. To be called before anything else in it. */
export async function readOneMoment(tx: Db): Promise<void> {
  await tx.query(sql`set transaction isolation level repeatable read, read only`, { prepared: false })
}
