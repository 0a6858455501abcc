/** Raw COPY over a connection: the limit that imports and exports are measured against. */
import { once } from 'node:events'
import type pg from 'pg'

interface Connection {
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  readonly stream: NodeJS.WritableStream & { readonly writableNeedDrain: boolean }
}

/** What the driver calls while a statement of its queue runs. */
interface Submittable {
  submit(connection: Connection): void
  [event: `handle${string}`]: (...given: never[]) => void
}

/** Sends chunks of COPY data. */
export function copyIn(client: pg.ClientBase, statement: string, chunks: Iterable<Buffer>): Promise<void> {
  return run(client, statement, {
    handleCopyInResponse: (connection: Connection) => {
      void (async () => {
        for (const chunk of chunks) {
          connection.sendCopyFromChunk(chunk)
          if (connection.stream.writableNeedDrain) await once(connection.stream, 'drain')
        }
        connection.endCopyFrom()
      })()
    },
  })
}

/** Receives COPY data; answers how many bytes. */
export async function copyOut(client: pg.ClientBase, statement: string): Promise<number> {
  let bytes = 0
  await run(client, statement, {
    handleCopyData: (message: { chunk: Buffer }) => {
      bytes += message.chunk.length
    },
  })
  return bytes
}

function run(client: pg.ClientBase, statement: string, handlers: Record<string, unknown>): Promise<void> {
  return new Promise((done, failed) => {
    const submittable = {
      submit: (connection: Connection) => connection.query(statement),
      handleCommandComplete: () => {},
      handleReadyForQuery: () => done(),
      handleError: failed,
      ...handlers,
    } as unknown as Submittable
    client.query(submittable as unknown as string)
  })
}

/** A field of COPY's text format. */
export function copyText(value: string | number | bigint | null): string {
  if (value === null) return '\\N'
  return typeof value === 'string' ? value.replaceAll('\\', '\\\\') : String(value)
}
