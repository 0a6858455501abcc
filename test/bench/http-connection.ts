/** One keep-alive HTTP/1.1 connection that costs little CPU: the client must not take what the server is measured by. */
import { connect, type Socket } from 'node:net'

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: string
  /** An access token. */
  readonly token?: string
}

export interface WireReply {
  readonly status: number
  readonly headers: string
  readonly body: Buffer
}

export interface HttpConnection {
  /** One request at a time. */
  send(bytes: Buffer): Promise<WireReply>
  close(): void
}

/** A request as it goes over the wire. */
export function wireBytes({ method, path, body, token }: WireRequest): Buffer {
  const bearer = token === undefined ? '' : `authorization: Bearer ${token}\r\n`
  const head = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n${bearer}`
  if (body === undefined) return Buffer.from(`${head}\r\n`)
  const length = Buffer.byteLength(body)
  return Buffer.from(`${head}content-type: application/fhir+json\r\ncontent-length: ${length}\r\n\r\n${body}`)
}

export async function openConnection(port: number): Promise<HttpConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed))
  return onSocket(socket)
}

interface Waiting {
  readonly done: (reply: WireReply) => void
  readonly failed: (error: Error) => void
}

function onSocket(socket: Socket): HttpConnection {
  let waiting: Waiting | undefined
  let received: Buffer[] = []
  let missing = 0
  let head: { status: number; text: string; start: number } | undefined

  socket.on('data', (chunk) => {
    received.push(chunk)
    missing -= chunk.length
    if (head && missing > 0) return
    const bytes = received.length === 1 ? chunk : Buffer.concat(received)
    received = [bytes]
    head ??= headOf(bytes)
    if (!head) return
    missing = head.start + lengthOf(head.text) - bytes.length
    if (missing > 0) return
    const reply = { status: head.status, headers: head.text, body: bytes.subarray(head.start) }
    const { done } = waiting!
    received = []
    head = waiting = undefined
    done(reply)
  })
  const end = (error?: Error) => waiting?.failed(error ?? new Error('The server closed the connection.'))
  socket.on('error', end).on('close', () => end())

  return {
    send: (bytes) =>
      new Promise((done, failed) => {
        waiting = { done, failed }
        socket.write(bytes)
      }),
    close: () => {
      waiting = undefined
      socket.destroy()
    },
  }
}

function headOf(bytes: Buffer): { status: number; text: string; start: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const text = bytes.toString('latin1', 0, end)
  return { status: Number(text.slice(9, 12)), text, start: end + 4 }
}

function lengthOf(head: string): number {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined) return Number(length)
  if (/\r\ntransfer-encoding:/i.test(head)) throw new Error('The benchmark client reads replies with a length only.')
  return 0
}
