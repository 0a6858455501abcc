/**
 * Reads that wait at the same moment become one statement: a connection and its two system calls are what a read by key
 * costs most. Each read still sees all that was committed before it was asked for, as its statement begins later.
 */
import type { Access } from '../access/access.ts'
import { visible } from '../access/access.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import type { Db } from './database.ts'
import type { StoredVersion } from './store.ts'

export interface ReadBatches {
  currentVersion(access: Access, type: string, key: bigint): Promise<StoredVersion | undefined>
}

/** Statements that run at once for one type; what is asked for meanwhile waits for the next. */
const mostAtOnce = 2
/** Keys of one statement. */
const mostKeys = 100

interface Waiting {
  readonly key: bigint
  readonly found: (version: StoredVersion | undefined) => void
  readonly failed: (error: unknown) => void
}

interface Queue {
  readonly access: Access
  readonly type: string
  waiting: Waiting[]
  running: number
  scheduled: boolean
}

export function readBatches(db: Db): ReadBatches {
  const queues = new Map<string, Queue>()

  const start = (queue: Queue) => {
    queue.scheduled = false
    while (queue.waiting.length > 0 && queue.running < mostAtOnce) {
      const batch = queue.waiting.splice(0, mostKeys)
      queue.running++
      void answer(db, queue, batch).finally(() => {
        queue.running--
        schedule(queue)
      })
    }
  }
  const schedule = (queue: Queue) => {
    if (queue.scheduled || queue.waiting.length === 0 || queue.running >= mostAtOnce) return
    queue.scheduled = true
    // After all requests that have arrived by now were looked at.
    setImmediate(start, queue)
  }

  return {
    currentVersion: (access, type, key) =>
      new Promise((found, failed) => {
        let queue = queues.get(type)
        if (!queue || queue.access !== access) {
          queue = { access, type, waiting: [], running: 0, scheduled: false }
          queues.set(type, queue)
        }
        queue.waiting.push({ key, found, failed })
        schedule(queue)
      }),
  }
}

interface Row {
  readonly pk: string
  readonly version: number
  readonly ts: string
  readonly content: string
}

async function answer(db: Db, { access, type }: Queue, batch: readonly Waiting[]): Promise<void> {
  try {
    const rows = await db.query<Row>(
      batch.length === 1
        ? sql`select pk, version, ts, content from ${tableOf(type)} r where pk = ${batch[0]!.key} and ${visible(access, type, raw('r'))}`
        : sql`select pk, version, ts, content from ${tableOf(type)} r
            where pk = any (${arrayText(batch.map(({ key }) => key))}::bigint[]) and ${visible(access, type, raw('r'))}`,
    )
    const byKey = new Map(rows.map((row) => [row.pk, row]))
    for (const { key, found } of batch) {
      const row = byKey.get(String(key))
      found(row && { version: row.version, ts: Number(row.ts), content: row.content })
    }
  } catch (error) {
    for (const { failed } of batch) failed(error)
  }
}
