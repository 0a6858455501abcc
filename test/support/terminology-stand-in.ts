/** An external terminology server for tests: answers as it is told to, and notes what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject } from '../../server/fhir/json.ts'

export interface Asked {
  readonly method: string
  /** Below the base: `ValueSet/$expand`. */
  readonly operation: string
  readonly query: Readonly<Record<string, string>>
  readonly text: string
  /** The parameters of a POST. */
  readonly parameters: readonly JsonObject[]
}

export type Answer = JsonObject | ((response: ServerResponse) => void)

export interface StandIn {
  readonly url: string
  readonly asked: Asked[]
  answer: (asked: Asked) => Answer
  close(): Promise<void>
}

export async function terminologyStandIn(answer: StandIn['answer']): Promise<StandIn> {
  const server = createServer((request, response) => {
    readBody(request).then((body) => {
      const { pathname, search, searchParams } = new URL(request.url!, 'http://localhost')
      const asked: Asked = {
        method: request.method!,
        operation: pathname.replace(/^\/r4\//, ''),
        query: Object.fromEntries(searchParams),
        text: `${decodeURIComponent(search)} ${body}`,
        parameters: body === '' ? [] : ((JSON.parse(body) as JsonObject)['parameter'] as JsonObject[]),
      }
      standIn.asked.push(asked)
      const told = standIn.answer(asked)
      if (typeof told === 'function') told(response)
      else sends(200, JSON.stringify(told))(response)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const standIn: StandIn = {
    url: `http://127.0.0.1:${port}/r4`,
    asked: [],
    answer,
    close: () => {
      server.closeAllConnections()
      return new Promise((done) => server.close(() => done()))
    },
  }
  return standIn
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** An answer of any status and text. */
export function sends(status: number, text: string, headers: Readonly<Record<string, string>> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers }).end(text)
  }
}

/** Pieces without end, or as many as there are. */
export function streams(piece: string | Buffer, { most = Number.POSITIVE_INFINITY, pause = 0 } = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/fhir+json' })
    let sent = 0
    const go = () => {
      while (!response.destroyed && sent < most) {
        sent++
        if (pause > 0) {
          response.write(piece)
          setTimeout(go, pause)
          return
        }
        if (!response.write(piece)) {
          response.once('drain', go)
          return
        }
      }
      response.end()
    }
    go()
  }
}

export function result(valid: boolean, ...more: readonly JsonObject[]): JsonObject {
  return { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: valid }, ...more] }
}

export function refusal(code: string, diagnostics: string): JsonObject {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] }
}

export function expansion(...codes: readonly (readonly [system: string, code: string])[]): JsonObject {
  const contains = codes.map(([system, code]) => ({ system, code }))
  return {
    resourceType: 'ValueSet',
    status: 'active',
    expansion: { timestamp: '2026-01-01T00:00:00Z', ...(contains.length > 0 && { contains }) },
  }
}
