/** One request to an external terminology server, within limits of time and size. */
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { QuestionRequest } from './question.ts'
import type { Received } from './read-reply.ts'
import type { Reply } from './reply.ts'

export interface ExchangeLimits {
  /** Bytes of the answer. */
  readonly most: number
  /** Ends all of it. */
  readonly signal: AbortSignal
}

type Failed = Extract<Reply, { kind: 'failed' }>

/** Its status and text, however it answers; redirects are not followed. */
export async function exchange(
  base: string,
  question: QuestionRequest,
  { most, signal }: ExchangeLimits,
): Promise<Received | Failed> {
  let response: IncomingMessage
  try {
    response = await respond(base, question, signal)
  } catch {
    return { kind: 'failed', reason: signal.aborted ? 'silent' : 'unreachable' }
  }
  try {
    const text = await textOf(response, most)
    return text === undefined
      ? { kind: 'failed', reason: 'too-large', value: most / 1_000_000 }
      : { status: response.statusCode ?? 0, text }
  } catch {
    return { kind: 'failed', reason: signal.aborted ? 'silent' : 'broken-off' }
  } finally {
    response.destroy()
  }
}

function respond(base: string, question: QuestionRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, path, body } = question
  const url = new URL(`${base}/${path}`)
  const request = url.protocol === 'https:' ? requestSecure : requestPlain
  const headers = {
    accept: 'application/fhir+json',
    'accept-encoding': 'identity',
    ...(body !== undefined && {
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    }),
  }
  const send = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      let answered = false
      const sent = request(url, { method, headers, signal }, (response) => {
        answered = true
        resolve(response)
      })
      // A connection that was kept open may have been closed while the request was on its way.
      const mayRepeat = () => sent.reusedSocket && !answered && !signal.aborted
      sent.on('error', (error) => (mayRepeat() ? resolve(send()) : reject(error)))
      sent.end(body)
    })
  return send()
}

/** Undefined where there is more than is read. */
async function textOf(response: IncomingMessage, most: number): Promise<string | undefined> {
  if (Number(response.headers['content-length'] ?? 0) > most) return undefined
  let body = Buffer.allocUnsafe(65_536)
  let size = 0
  for await (const piece of response) {
    const chunk = piece as Buffer
    if (size + chunk.length > most) return undefined
    // Copied, since millions of pieces of one byte each would take a hundred times as much.
    if (size + chunk.length > body.length) {
      body = Buffer.concat([body.subarray(0, size)], Math.max(2 * body.length, size + chunk.length))
    }
    chunk.copy(body, size)
    size += chunk.length
  }
  return new TextDecoder().decode(body.subarray(0, size))
}
