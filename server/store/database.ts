/**
 * Connections to PostgreSQL: statements are prepared on first use, transactions take one connection, 64-bit integers
 * arrive as text.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { OutcomeError } from '../fhir/outcome.ts'
import { type Sql, statement } from '../sql.ts'
import { StaleIndexError } from './generation.ts'

/** Runs statements: a pool, or one connection inside a transaction. */
export interface Db {
  /** `prepared: false` plans anew for these very values: for shapes whose best plan depends on them. */
  query<Row extends object = Record<string, unknown>>(query: Sql, options?: { prepared?: boolean }): Promise<Row[]>
}

export interface Transaction extends Db {
  readonly client: pg.PoolClient
}

export interface Database extends Db {
  readonly pool: pg.Pool
  /**
   * Runs statements that a transaction needs done outside itself. On connections of its own: were they taken from the
   * pool, as many transactions as it has connections would wait for each other without end.
   */
  readonly aside: Db
  /** Runs `work` in a transaction that is rolled back when `work` throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Most connections of this process. */
  readonly connections: number
  /** Milliseconds after which a statement is cancelled. */
  readonly statementTimeout: number
}

const defaults: DatabaseOptions = { connections: 10, statementTimeout: 30_000 }

export function openDatabase(url: string, options: Partial<DatabaseOptions> = {}): Database {
  const { connections, statementTimeout } = { ...defaults, ...options }
  const open = (max: number) => openPool(url, max, statementTimeout)
  const pool = open(connections)
  const asidePool = open(2)

  return {
    pool,
    aside: { query: (query, given) => runOn(asidePool, query, given?.prepared ?? true) },
    query: (query, given) => runOn(pool, query, given?.prepared ?? true),
    transaction: (work) => transaction(pool, work),
    close: async () => {
      await Promise.all([pool.end(), asidePool.end()])
    },
  }
}

/** Connections are made when they are needed. */
function openPool(url: string, max: number, statementTimeout: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    options: `-c statement_timeout=${statementTimeout} -c timezone=UTC -c client_min_messages=warning`,
    idleTimeoutMillis: 0,
    keepAlive: true,
  })
  // A connection that breaks while idle is replaced on next use; without a listener the process would end.
  pool.on('error', () => {})
  return pool
}

interface Runner {
  query(config: pg.QueryConfig): Promise<pg.QueryResult>
}

async function runOn<Row>(runner: Runner, query: Sql, prepared: boolean): Promise<Row[]> {
  const { text, values } = statement(query)
  try {
    const result = await runner.query(prepared ? { name: statementName(text), text, values } : { text, values })
    return result.rows as Row[]
  } catch (error) {
    throw databaseError(error as Error)
  }
}

async function transaction<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error) => {
    throw databaseError(error as Error)
  })
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('begin')
    const result = await work({
      client,
      query: (query, given) => runOn(client, query, given?.prepared ?? true),
    })
    await commit(client)
    return result
  } catch (error) {
    await client.query('rollback').catch((failure) => {
      broken = failure as Error
    })
    throw databaseError(error as Error)
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** After a COMMIT whose answer is lost nobody knows what happened: the client is told so, and nothing is repeated. */
async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('commit')
  } catch (error) {
    if (sqlState(error) !== undefined) throw error
    throw new OutcomeError('outcome-unknown')
  }
}

const names = new Map<string, string>()

/** A statement keeps its plan under a name that is a digest of its text. */
function statementName(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    if (names.size > 5000) names.clear()
    name = createHash('sha1').update(text).digest('base64url')
    names.set(text, name)
  }
  return name
}

/** PostgreSQL's five-character code of an error; undefined when the error did not come from the server. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Two requests met: the losing one may be repeated. */
const contention = new Set(['40001', '40P01', '23505', '55P03'])
const staleIndex = 'CA001'
const cancelled = new Set(['57014'])
const unreachable = new Set(['57P01', '57P02', '57P03', '53300'])
const unreachableNetwork = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])

/** The outcome for an error of the driver or the server; errors that are bugs come back unchanged. */
export function databaseError(error: Error): Error {
  if (error instanceof OutcomeError) return error
  const state = sqlState(error)
  if (state === staleIndex) return new StaleIndexError()
  if (state && contention.has(state)) return new OutcomeError('contention')
  if (state && cancelled.has(state)) return new OutcomeError('too-costly', { seconds: 30 })
  if (state && unreachable.has(state)) return new OutcomeError('unavailable')
  const code = (error as { code?: string }).code
  const lost = /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  if (lost || (code && unreachableNetwork.has(code))) return new OutcomeError('unavailable')
  return error
}
