/** One request to an external terminology server, within limits of time and size. */
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { QuestionRequest } from './question.ts'
import type { Received } from './read-reply.ts'
import { limits, type Reply } from './reply.ts'

type Failed = Extract<Reply, { kind: 'failed' }>

/** Its status and text, however it answers; redirects are not followed. `signal` ends all of it. */
export async function exchange(
  base: string,
  question: QuestionRequest,
  signal: AbortSignal,
): Promise<Received | Failed> {
  let response: IncomingMessage
  try {
    response = await respond(base, question, signal)
  } catch {
    return { kind: 'failed', reason: signal.aborted ? 'silent' : 'unreachable' }
  }
  try {
    const text = await textOf(response)
    return text === undefined ? { kind: 'failed', reason: 'too-large' } : { status: response.statusCode ?? 0, text }
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
async function textOf(response: IncomingMessage): Promise<string | undefined> {
  if (Number(response.headers['content-length'] ?? 0) > limits.answer) return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += (chunk as Buffer).length
    if (size > limits.answer) return undefined
    chunks.push(chunk as Buffer)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
