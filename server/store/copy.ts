/** `COPY … FROM STDIN` into several tables in one round trip. https://www.postgresql.org/docs/18/protocol-flow.html */
import type pg from 'pg'
import { type Sql, statement } from '../sql.ts'
import { type CopyRows, finishedChunks } from './copy-format.ts'
import { type QueryOptions, statementError } from './database.ts'

export interface Copy {
  /** `copy … from stdin (format binary)`, without parameters. */
  readonly statement: Sql
  readonly rows: CopyRows
}

const copyData = 0x64
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])

export interface CopyOptions extends QueryOptions {
  /** A statement without parameters that runs in the same transaction before any row; what it answers is ignored. */
  readonly check?: Sql
}

/**
 * Sends all statements and all rows without waiting between them; resolves when the server has taken the last. The
 * first error ends them all, and with them the transaction: the server passes over what was sent after it.
 */
export function copyIn(client: pg.PoolClient, copies: readonly Copy[], options: CopyOptions = {}): Promise<void> {
  const filled = copies.filter(({ rows }) => rows.count > 0)
  if (filled.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: pg.Connection) => send(connection, filled, options.check),
      handleRowDescription: () => {},
      handleDataRow: () => {},
      handleCopyInResponse: () => {},
      handleCommandComplete: () => {},
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(statementError(error, options)),
    } as pg.Submittable)
  })
}

function send(connection: pg.Connection, copies: readonly Copy[], check: Sql | undefined): void {
  const { stream } = connection
  stream.cork()
  const statements = [...(check ? [check] : []), ...copies.map((copy) => copy.statement)]
  connection.query(statements.map((one) => statement(one).text).join(';'))
  let parts: Buffer[] = []
  let length = 0
  for (const { rows } of copies) {
    for (const chunk of finishedChunks(rows)) {
      parts.push(header(chunk), chunk)
      length += chunk.length
    }
    parts.push(copyDone)
    // Each write costs more than the copy of a small chunk.
    if (length < largestJoined) continue
    for (const part of parts) stream.write(part)
    parts = []
    length = 0
  }
  if (parts.length > 0) stream.write(Buffer.concat(parts))
  stream.uncork()
}

const largestJoined = 64 * 1024

function header(chunk: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(5)
  bytes.writeUInt8(copyData, 0)
  bytes.writeInt32BE(chunk.length + 4, 1)
  return bytes
}
