/**
 * Reads that wait at the same moment become one statement: a connection and its two system calls are what a read by key
 * costs most. Each read still sees all that was committed before it was asked for, as its statement begins later.
 */
import type { Access } from '../access/access.ts'
import { visible } from '../access/access.ts'
import { shown } from '../access/hidden.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import { batcher } from './batcher.ts'
import type { Db } from './database.ts'
import type { StoredVersion } from './store.ts'

export type ReadVersion = (access: Access, type: string, key: bigint) => Promise<StoredVersion | undefined>

const limits = { atOnce: 2, items: 100 }

interface Queue {
  readonly access: Access
  readonly read: (key: bigint) => Promise<StoredVersion | undefined>
}

/** Reads current versions; those of one type and for one caller together. */
export function batchedReads(db: Db): ReadVersion {
  const queues = new Map<string, Queue>()
  return (access, type, key) => {
    let queue = queues.get(type)
    if (!queue || queue.access !== access) {
      queue = { access, read: batcher((keys) => readKeys(db, access, type, keys), limits) }
      queues.set(type, queue)
    }
    return queue.read(key)
  }
}

interface Row {
  readonly pk: string
  readonly version: number
  readonly ts: string
  readonly content: string
}

async function readKeys(
  db: Db,
  access: Access,
  type: string,
  keys: readonly bigint[],
): Promise<PromiseFulfilledResult<StoredVersion | undefined>[]> {
  const condition = keys.length === 1 ? sql`pk = ${keys[0]}` : sql`pk = any (${arrayText(keys)}::bigint[])`
  const rows = await db.query<Row>(sql`
    select pk, version, ts, content from ${tableOf(type)} r where ${condition} and ${visible(access, type, raw('r'))}`)
  const byKey = new Map(rows.map((row) => [row.pk, row]))
  return keys.map((key) => {
    const row = byKey.get(String(key))
    return {
      status: 'fulfilled',
      value: row && { version: row.version, ts: Number(row.ts), content: shown(access, type, row.content) },
    }
  })
}
