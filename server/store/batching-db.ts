/**
 * Runs statements of one shape that are asked for at the same time as one: what a loop of searches costs is round trips
 * and plans, not rows.
 */
import { join, raw, type Sql, sql, statement } from '../sql.ts'
import type { Db } from './database.ts'
import { batchedReads } from './read-batches.ts'

/** Most statements that are run as one: each adds to the time that planning takes. */
const largestBatch = 50
/** Most connections of a pool that one batching Db uses at a time; a transaction has one. */
const mostAtOnce = 3

interface Waiting {
  readonly query: Sql
  readonly prepared: boolean | undefined
  readonly settle: PromiseWithResolvers<object[]>
}

/** Only for statements that read, and whose columns have names of their own. */
export function batchingDb(db: Db): Db {
  let waiting = new Map<string, Waiting[]>()
  const batches: Waiting[][] = []
  const atOnce = db.together ? mostAtOnce : 1
  let running = 0

  const work = async () => {
    running++
    for (let batch = batches.shift(); batch; batch = batches.shift()) await runBatch(db, batch)
    running--
  }
  const flush = () => {
    for (const alike of waiting.values()) {
      for (let i = 0; i < alike.length; i += largestBatch) batches.push(alike.slice(i, i + largestBatch))
    }
    waiting = new Map()
    for (let i = running; i < atOnce && i - running < batches.length; i++) void work()
  }

  const query = <Row extends object>(asked: Sql, options?: { prepared?: boolean }) => {
    if (waiting.size === 0) setImmediate(flush)
    const { text } = statement(asked)
    const settle = Promise.withResolvers<object[]>()
    const alike = waiting.get(text) ?? []
    waiting.set(text, alike)
    alike.push({ query: asked, prepared: options?.prepared, settle })
    return settle.promise as Promise<Row[]>
  }
  return { query, together: { currentVersion: batchedReads({ query }) } }
}

async function runBatch(db: Db, batch: readonly Waiting[]): Promise<void> {
  try {
    const [first] = batch as readonly [Waiting]
    if (batch.length === 1) {
      const { prepared } = first
      return first.settle.resolve(await db.query(first.query, { ...(prepared !== undefined && { prepared }) }))
    }
    const results = await runTogether(
      db,
      batch.map(({ query }) => query),
    )
    batch.forEach(({ settle }, i) => {
      settle.resolve(results[i]!)
    })
  } catch (error) {
    for (const { settle } of batch) settle.reject(error)
  }
}

/** The rows of each statement, in its order. */
async function runTogether(db: Db, queries: readonly Sql[]): Promise<object[][]> {
  const numbered = queries.map(
    (query, i) =>
      sql`select ${raw(String(i))} as batch_query, row_number() over () as batch_row, q.* from (${query}) q`,
  )
  const rows = await db.query<{ batch_query: number; batch_row: string }>(
    sql`${join(numbered, ' union all ')} order by batch_query, batch_row`,
    { prepared: false },
  )
  const results: object[][] = queries.map(() => [])
  for (const { batch_query, batch_row: _, ...row } of rows) results[batch_query]!.push(row)
  return results
}
