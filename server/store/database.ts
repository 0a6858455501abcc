/**
 * Connections to PostgreSQL: statements are prepared on first use, transactions take one connection, 64-bit integers
 * arrive as text.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import { OutcomeError } from '../fhir/outcome.ts'
import { type Sql, statement } from '../sql.ts'
import { StaleIndexError } from './generation.ts'
import { runPrepared } from './prepared.ts'
import { batchedReads, type ReadVersion } from './read-batches.ts'
import { textLimit } from './text-limit.ts'
import { batchedCreates, type CreateVersion } from './write-batches.ts'

/** Runs statements: a pool, or one connection inside a transaction. */
export interface Db {
  query<Row extends object = Record<string, unknown>>(query: Sql, options?: QueryOptions): Promise<Row[]>
  /** Shares statements with other requests; absent inside a transaction, whose statements are its own. */
  readonly together?: Together
}

export interface Together {
  readonly currentVersion: ReadVersion
  /** Absent where only reads are shared. */
  readonly createVersion?: CreateVersion
}

export interface QueryOptions {
  /** `false` plans anew for these very values: for shapes whose best plan depends on them. */
  readonly prepared?: boolean
  /** The statement changes something. Outside a transaction nobody knows whether it did when its answer is lost. */
  readonly writes?: boolean
  /** Rows of more characters than this are refused before all of them are read. */
  readonly mostText?: number
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
  const query: Db['query'] = (query, given) => runOnPool(pool, query, given)
  return {
    pool,
    query,
    together: { currentVersion: batchedReads({ query }), createVersion: batchedCreates(pool) },
    aside: { query: (query, given) => runOnPool(asidePool, query, given) },
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
    // Tells in pg_stat_activity whose connection it is.
    application_name: `candela ${process.pid}`,
    max,
    options: `-c statement_timeout=${statementTimeout} -c timezone=UTC -c client_min_messages=warning`,
    idleTimeoutMillis: 0,
    keepAlive: true,
  })
  // A connection that breaks while idle is replaced on next use; without a listener the process would end.
  pool.on('error', () => {})
  // The same for one that breaks in use: its statement fails, which tells enough.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

async function runOnPool<Row>(pool: pg.Pool, query: Sql, options?: QueryOptions): Promise<Row[]> {
  const client = await pool.connect().catch((error) => {
    throw databaseError(error as Error)
  })
  try {
    return await runOn<Row>(client, query, options)
  } finally {
    client.release(isGone(client))
  }
}

/** The driver tells it a moment later, in which another could be given the connection. */
function isGone(client: pg.PoolClient): boolean {
  return (client as unknown as { connection: { stream: { destroyed: boolean } } }).connection.stream.destroyed
}

async function runOn<Row>(
  client: pg.PoolClient,
  query: Sql,
  { prepared = true, writes = false, mostText }: QueryOptions = {},
): Promise<Row[]> {
  const { text, values } = statement(query)
  try {
    return prepared
      ? await runPrepared<Row>(client, statementName(text), text, values, mostText)
      : await runOnce<Row>(client, { text, values }, mostText)
  } catch (error) {
    // The driver's own trace ends at the socket; this one names who asked.
    Error.captureStackTrace(error as Error)
    throw statementError(error as Error, { writes })
  }
}

async function runOnce<Row>(client: pg.PoolClient, query: pg.QueryConfig, mostText?: number): Promise<Row[]> {
  if (mostText === undefined) return (await client.query(query)).rows as Row[]
  return new Promise((resolve, reject) => {
    const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection
    const limit = textLimit(mostText, () => stream, reject)
    const running = new pg.Query(query, (error, result) => (error ? reject(error) : resolve(result.rows as Row[])))
    running.on('row', (row: object) => void limit.fits(Object.values(row)))
    client.query(running)
  })
}

/** The outcome for the error of a statement. */
export function statementError(error: Error, { writes = false }: QueryOptions = {}): Error {
  return writes && answerWasLost(error) ? new OutcomeError('outcome-unknown') : databaseError(error)
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
  const statements = oneAtATime()
  try {
    await client.query('begin')
    const result = await work({
      client,
      // Until the COMMIT nothing has happened, whatever is lost.
      query: (query, given) => statements.run(() => runOn(client, query, { ...given, writes: false })),
    })
    await commit(client)
    return result
  } catch (error) {
    await statements.ended()
    await client.query('rollback').catch((failure) => {
      broken = failure as Error
    })
    throw databaseError(error as Error)
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** A connection takes one statement at a time; who asks for several at once, as for a page of each type, need not know. */
function oneAtATime() {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run: <T>(work: () => Promise<T>): Promise<T> => {
      const result = last.then(work)
      last = result.catch(() => {})
      return result
    },
    ended: () => last,
  }
}

/** After a COMMIT whose answer is lost nobody knows what happened: the client is told so, and nothing is repeated. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit').catch((error) => {
    throw answerWasLost(error as Error) ? new OutcomeError('outcome-unknown') : error
  })
  // Of a transaction in which a statement failed, PostgreSQL makes a ROLLBACK without a word.
  if (command !== 'COMMIT') throw new Error('A transaction was to be committed although a statement in it had failed.')
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
const appendOnly = 'CA002'
const cancelled = new Set(['57014'])
/** The server ended the session, perhaps after it had done what it was asked to. */
const ended = new Set(['57P01', '57P02'])
const refused = new Set(['57P03', '53300', 'ECONNREFUSED', 'ENOTFOUND'])
const broken = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])

/** The connection broke after the statement may have arrived. */
function answerWasLost(error: Error): boolean {
  const { code = '' } = error as { code?: string }
  return (
    ended.has(code) || broken.has(code) || /Connection terminated(?! due to connection timeout)/.test(error.message)
  )
}

/** There was no connection to send the statement on. */
function wasNotSent(error: Error): boolean {
  const { code = '' } = error as { code?: string }
  const text = /is not queryable|timeout exceeded when trying to connect|connection timeout/
  return refused.has(code) || text.test(error.message)
}

/** The outcome for an error of the driver or the server; errors that are bugs come back unchanged. */
export function databaseError(error: Error): Error {
  if (error instanceof OutcomeError) return error
  const state = sqlState(error)
  if (state === staleIndex) return new StaleIndexError()
  if (state === appendOnly) return new OutcomeError('append-only')
  if (state && contention.has(state)) return new OutcomeError('contention')
  if (state && cancelled.has(state)) return new OutcomeError('too-costly', { seconds: 30 })
  return answerWasLost(error) || wasNotSent(error) ? new OutcomeError('unavailable') : error
}
