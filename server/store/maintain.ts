/** What tables need after many rows were written: statistics for the planner, and dense indexes. */
import type pg from 'pg'
import { identifier, join, raw, sql, statement } from '../sql.ts'
import type { Database } from './database.ts'
import { relaxForImport } from './import-progress.ts'

const sharedTables = ['x_string', 'x_number', 'x_date', 'x_code', 'x_narrative', 'contained', 'text_term', 'unit']

function tablesOf(types: readonly string[]): readonly string[] {
  return [...types.map((type) => `r_${type.toLowerCase()}`), ...sharedTables]
}

/** Tells PostgreSQL's planner about many new rows in the tables of these types. */
export async function analyzeTables(database: Database, types: readonly string[]): Promise<void> {
  await database.transaction(async (tx) => {
    await relaxForImport(tx)
    await tx.query(sql`analyze ${join(tablesOf(types).map(identifier), ', ')}`, { prepared: false })
  })
}

/** Bytes; smaller indexes are not worth the while. */
const smallest = 1024 * 1024
/** How many times as large as its entries an index may be. */
const mostSlack = 1.2
/** One process packs at a time. */
const lockNumber = 7_063_611

export interface Packed {
  readonly indexes: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/**
 * Rows that arrive in no order leave the pages of an index two thirds full. Rebuilds such indexes of the tables of these
 * types while others read and write: about a fifth less disk. To be called after `analyzeTables`.
 * `onIndex` hears how many of how many are done. https://www.postgresql.org/docs/current/sql-reindex.html
 */
export async function packIndexes(
  database: Database,
  types: readonly string[],
  onIndex: (done: number, all: number) => void = () => {},
  least = smallest,
): Promise<Packed> {
  const tables = tablesOf(types)
  const clients = await Promise.all([database.pool.connect(), database.pool.connect()])
  const [client] = clients
  try {
    for (const each of clients) await each.query("set statement_timeout = 0; set maintenance_work_mem = '256MB'")
    const { rows: lock } = await client.query<{ free: boolean }>(`select pg_try_advisory_lock(${lockNumber}) as free`)
    if (!lock[0]!.free) return { indexes: 0, bytesBefore: 0, bytesAfter: 0 }
    await dropUnfinished(client, tables)
    return await packTables(clients, await scatteredIndexes(client, tables, least), onIndex)
  } finally {
    // Their settings and the lock go with the connections.
    for (const each of clients) each.release(true)
  }
}

interface Scattered {
  readonly name: string
  readonly bytes: number
}

async function packTables(
  clients: readonly pg.PoolClient[],
  scattered: readonly Scattered[],
  onIndex: (done: number, all: number) => void,
): Promise<Packed> {
  const concurrently = await othersAreHere(clients[0]!)
  const waiting = [...scattered]
  let bytesAfter = 0
  const work = async (client: pg.PoolClient) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      onIndex(scattered.length - waiting.length - 1, scattered.length)
      await client.query(
        statement(sql`reindex index ${raw(concurrently ? 'concurrently' : '')} ${identifier(next.name)}`),
      )
      const { rows } = await client.query<{ bytes: string }>(`select pg_relation_size('${next.name}') as bytes`)
      bytesAfter += Number(rows[0]!.bytes)
    }
  }
  // Two that go on beside others would wait for each other.
  await Promise.all(clients.slice(0, concurrently ? 1 : clients.length).map(work))
  const bytesBefore = scattered.reduce((sum, { bytes }) => sum + bytes, 0)
  return { indexes: scattered.length, bytesBefore, bytesAfter }
}

/** An entry takes 12 bytes besides its values, pages are built nine tenths full. */
async function scatteredIndexes(client: pg.PoolClient, tables: readonly string[], least: number): Promise<Scattered[]> {
  const { rows } = await client.query<Scattered>(
    statement(sql`
      select c.relname as name, pg_relation_size(c.oid)::float8 as bytes
      from pg_index i
      join pg_class c on c.oid = i.indexrelid
      join pg_class t on t.oid = i.indrelid
      join pg_am m on m.oid = c.relam and m.amname = 'btree'
      cross join lateral (
        select sum(coalesce(s.avg_width, 8)) as width
        from unnest(i.indkey) k (attnum)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
        left join pg_stats s on s.schemaname = 'public' and s.tablename = t.relname and s.attname = a.attname) w
      where t.relnamespace = 'public'::regnamespace and t.relname = any (${tables}::text[]) and i.indisvalid
        and pg_relation_size(c.oid) >= ${least}::bigint
        and pg_relation_size(c.oid) > ${mostSlack}::float8 * c.reltuples * (12 + w.width) / 0.9
      order by 2 desc`),
  )
  return rows
}

/** Building beside others reads the table twice and waits for their transactions; alone it need not. */
async function othersAreHere(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ others: boolean }>(`
    select exists (select from pg_stat_activity
      where datname = current_database() and backend_type = 'client backend'
        and application_name <> current_setting('application_name')) as others`)
  return rows[0]!.others
}

/** What a rebuild left behind that was killed. */
async function dropUnfinished(client: pg.PoolClient, tables: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    statement(sql`
      select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
      join pg_class t on t.oid = i.indrelid
      where not i.indisvalid and t.relname = any (${tables}::text[]) and c.relname ~ '_cc(new|old)[0-9]*$'`),
  )
  for (const { name } of rows) await client.query(statement(sql`drop index concurrently if exists ${identifier(name)}`))
}
