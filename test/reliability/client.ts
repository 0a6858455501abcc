/** Sending requests to a server, in this process or another, without deciding what an answer means. */
import { Agent, request as httpRequest } from 'node:http'
import type { TestServer } from '../support/test-server.ts'

export interface Sent {
  readonly method: string
  /** Below the FHIR base. */
  readonly path: string
  readonly body?: object | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Resolves to undefined where no answer came: whether the request was carried out is then unknown. */
export type Send = (sent: Sent) => Promise<Answer | undefined>

const json = 'application/fhir+json'
/** Milliseconds; longer than any contention that is solved by waiting. */
const patience = 30_000

/** Sends over HTTP; `url` is asked each time, for a server that was restarted listens elsewhere. */
export function httpSend(url: () => string): Send {
  const agent = new Agent({ keepAlive: true })
  return ({ method, path, body, headers }) =>
    new Promise((done) => {
      const options = {
        method,
        agent,
        timeout: patience,
        headers: { ...(body && { 'content-type': json }), ...headers },
      }
      const call = httpRequest(`${url()}/fhir/${path}`, options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', () => done(undefined))
        response.on('end', () => {
          const texts = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
          const text = Buffer.concat(chunks).toString('utf8')
          done({ status: response.statusCode!, headers: Object.fromEntries(texts), text })
        })
        response.on('close', () => done(undefined))
      })
      call.on('timeout', () => call.destroy())
      call.on('error', () => done(undefined))
      call.end(body === undefined ? undefined : JSON.stringify(body))
    })
}

/** Sends to a server in this process. */
export function directSend(server: TestServer): Send {
  return async ({ method, path, body, headers }) => server.fhir(method, path, body, { ...headers })
}
