/**
 * Prepared statements with less to and fro than the driver's own: what a statement returns is asked for once per
 * connection, and each later run is one write of Bind, Execute and Sync.
 * https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
import pg from 'pg'
import { textLimit } from './text-limit.ts'

/** The driver's connection, with what it remembers of prepared statements: shared with its own queries. */
interface Connection {
  readonly stream: NodeJS.WritableStream & { cork(): void; uncork(): void; destroy(): void }
  readonly parsedStatements: Record<string, string | undefined>
  parse(statement: { text: string; name: string }): void
  describe(what: { type: 'S'; name: string }): void
}

interface Column {
  readonly name: string
  readonly parse: (text: string) => unknown
}

/**
 * The columns of each statement by connection, those used last at the end: empty for statements that return nothing,
 * undefined for those that have not returned yet.
 */
type Known = Map<string, readonly Column[] | undefined>

const statements = new WeakMap<Connection, Known>()

/** Statements that a connection keeps: the server holds a plan of each in memory, and clients can think up any number. */
export const mostKept = 500

/** Runs a statement that is prepared under `name` on first use. Rows of more than `mostText` characters are refused. */
export function runPrepared<Row>(
  client: pg.ClientBase,
  name: string,
  text: string,
  values: readonly unknown[],
  mostText?: number,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const rows: Row[] = []
    let stream: Connection['stream']
    const limit = mostText === undefined ? undefined : textLimit(mostText, () => stream, reject)
    let columns: readonly Column[] = []
    let known: Known
    const submittable = {
      // The driver notes under this name that the server has parsed the statement.
      name,
      text,
      submit: (connection: Connection) => {
        stream = connection.stream
        known = statementsOf(connection)
        const described = known.get(name)
        const bytes = runMessages(name, values)
        known.delete(name)
        known.set(name, described)
        if (described) {
          columns = described
          connection.stream.write(bytes)
        } else prepareAndRun(connection, name, text, bytes)
      },
      handleRowDescription: ({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }) => {
        columns = fields.map((field) => ({ name: field.name, parse: pg.types.getTypeParser(field.dataTypeID, 'text') }))
        known.set(name, columns)
      },
      handleDataRow: ({ fields }: { fields: readonly (string | null)[] }) => {
        if (!limit || limit.fits(fields)) rows.push(rowOf<Row>(columns, fields))
      },
      // A statement that returns nothing has no description.
      handleCommandComplete: () => known.set(name, columns),
      handleEmptyQuery: () => {},
      handleReadyForQuery: () => resolve(rows),
      handleError: reject,
    }
    client.query(submittable as unknown as pg.Submittable)
  })
}

function statementsOf(connection: Connection): Known {
  const known: Known = statements.get(connection) ?? new Map()
  statements.set(connection, known)
  return known
}

/** The server may have parsed it already: for the driver itself, or for a run that failed before it returned anything. */
function prepareAndRun(connection: Connection, name: string, text: string, bytes: Buffer): void {
  const { stream } = connection
  stream.cork()
  forgetOldest(connection)
  if (connection.parsedStatements[name] === undefined) connection.parse({ text, name })
  connection.describe({ type: 'S', name })
  stream.write(bytes)
  stream.uncork()
}

function forgetOldest(connection: Connection): void {
  const known = statementsOf(connection)
  const [oldest] = known.keys()
  if (oldest === undefined || known.size <= mostKept) return
  known.delete(oldest)
  delete connection.parsedStatements[oldest]
  connection.stream.write(closeMessage(oldest))
}

function closeMessage(name: string): Buffer {
  const bytes = Buffer.alloc(1 + 4 + 1 + Buffer.byteLength(name) + 1)
  bytes[0] = close
  bytes.writeInt32BE(bytes.length - 1, 1)
  bytes[5] = statement
  bytes.write(name, 6)
  return bytes
}

function rowOf<Row>(columns: readonly Column[], fields: readonly (string | null)[]): Row {
  const row: Record<string, unknown> = {}
  for (let i = 0; i < columns.length; i++) {
    const { name, parse } = columns[i]!
    const text = fields[i]
    row[name] = text === null || text === undefined ? null : parse(text)
  }
  return row as Row
}

/** Execute all rows of the unnamed portal; Sync. */
const executeAndSync = Buffer.from([0x45, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0x53, 0, 0, 0, 4])
const bind = 0x42
const close = 0x43
const statement = 0x53

/** Bind with all parameters and results as text, to the unnamed portal. Then Execute and Sync. */
function runMessages(name: string, values: readonly unknown[]): Buffer {
  const texts = values.map(parameterText)
  const lengths = texts.map((text) => (text === null ? -1 : Buffer.byteLength(text)))
  const parameters = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), 0)
  const size = 4 + 1 + Buffer.byteLength(name) + 1 + 2 + 2 + parameters + 2
  const bytes = Buffer.allocUnsafe(1 + size + executeAndSync.length)
  bytes[0] = bind
  bytes.writeInt32BE(size, 1)
  bytes[5] = 0
  let at = 6 + bytes.write(name, 6)
  bytes[at] = 0
  bytes.writeInt16BE(0, at + 1)
  bytes.writeInt16BE(values.length, at + 3)
  at += 5
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? null
    bytes.writeInt32BE(lengths[i]!, at)
    at += 4
    if (text !== null) at += bytes.write(text, at)
  }
  bytes.writeInt16BE(0, at)
  executeAndSync.copy(bytes, at + 2)
  return bytes
}

/** A parameter in PostgreSQL's text form. */
export function parameterText(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'undefined':
      return null
    default:
      if (value === null) return null
      if (Array.isArray(value)) return `{${value.map(elementText).join(',')}}`
      throw new TypeError('A parameter is text, a number, a boolean, null or an array of these.')
  }
}

function elementText(value: unknown): string {
  const text = parameterText(value)
  if (text === null) return 'NULL'
  return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : text
}
