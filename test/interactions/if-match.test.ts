import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

let names = 0

/** A Basic that is there in version 1, was deleted in version 2, or never was. */
async function basic(state: 'there' | 'deleted' | 'never'): Promise<string> {
  const id = `b${++names}`
  if (state !== 'never') await server.fhir('PUT', `Basic/${id}`, body(id))
  if (state === 'deleted') await server.fhir('DELETE', `Basic/${id}`)
  return id
}

const body = (id?: string) => ({ resourceType: 'Basic', ...(id && { id }), code: { text: 'x' } })
const identified = (value: string) => ({ ...body(), identifier: [{ system: 'urn:test', value }] })
const patch = [{ op: 'add', path: '/created', value: '2026-01-01' }]

type Send = (method: string, id: string, ifMatch?: string) => Promise<number>

const contents: Readonly<Record<string, (id: string) => object | undefined>> = {
  PUT: body,
  PATCH: () => patch,
  DELETE: () => undefined,
}

const alone: Send = async (method, id, ifMatch) => {
  const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json'
  const headers = { 'content-type': type, ...(ifMatch && { 'if-match': ifMatch }) }
  return (await server.fhir(method, `Basic/${id}`, contents[method]!(id), headers)).status
}

/** The status of the transaction where it is refused, else that of its entry. */
const inTransaction: Send = async (method, id, ifMatch) => {
  const content = contents[method]!(id)
  const data = Buffer.from(JSON.stringify(content ?? '')).toString('base64')
  const binary = { resourceType: 'Binary', contentType: 'application/json-patch+json', data }
  const resource = method === 'PATCH' ? binary : content
  const request = { method, url: `Basic/${id}`, ...(ifMatch && { ifMatch }) }
  const reply = await server.fhir('POST', '', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request, ...(resource && { resource }) }],
  })
  return statusOf(reply)
}

function statusOf({ status, json }: TestReply): number {
  const [entry] = (json['entry'] ?? []) as { response: { status: string } }[]
  return entry ? Number(entry.response.status.slice(0, 3)) : status
}

describe.each<[string, Send]>([
  ['alone', alone],
  ['in a transaction', inTransaction],
])('%s', (_place, send) => {
  test.each([
    ['PUT', 'there', '*', 200],
    ['PUT', 'there', 'W/"1"', 200],
    ['PUT', 'there', 'W/"7"', 412],
    ['PUT', 'deleted', '*', 412],
    ['PUT', 'deleted', 'W/"2"', 412],
    ['PUT', 'never', '*', 412],
    ['PUT', 'never', 'W/"1"', 412],
    ['PATCH', 'there', '*', 200],
    ['PATCH', 'there', 'W/"7"', 412],
    ['PATCH', 'deleted', '*', 410],
    ['PATCH', 'never', '*', 404],
    ['DELETE', 'there', '*', 204],
    ['DELETE', 'there', 'W/"7"', 412],
    ['DELETE', 'deleted', undefined, 204],
    ['DELETE', 'deleted', '*', 412],
    ['DELETE', 'deleted', 'W/"1"', 412],
    ['DELETE', 'deleted', 'W/"2"', 412],
    ['DELETE', 'never', '*', 404],
    ['PUT', 'there', 'W/"0"', 400],
    ['PUT', 'there', '**', 400],
  ] as const)('%s of what is %s with If-Match %s answers %i', async (method, state, ifMatch, status) => {
    const id = await basic(state)
    expect(await send(method, id, ifMatch)).toBe(status)
    if (status >= 400) expect(await alone('DELETE', id)).toBe(state === 'never' ? 404 : 204)
  })
})

test('of many updates with If-Match * each makes a version', async () => {
  const id = await basic('there')
  const statuses = await Promise.all(Array.from({ length: 10 }, () => alone('PUT', id, '*')))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect((await server.fhir('GET', `Basic/${id}/_history`)).json['total']).toBe(11)
})

describe('by criteria', () => {
  const url = (value: string) => `Basic?identifier=urn:test%7C${value}`
  const ifMatch = '*'

  test.each(['PUT', 'DELETE'])(
    '%s with If-Match * takes what matches, and is refused where nothing does',
    async (method) => {
      const send = (value: string) =>
        server.fhir(method, url(value), method === 'PUT' ? identified(value) : undefined, { 'if-match': '*' })
      await server.fhir('POST', 'Basic', identified(method))
      expect((await send(`no-${method}`)).status).toBe(412)
      expect((await send(method)).status).toBeLessThan(300)
    },
  )

  test('in a transaction, too', async () => {
    const transaction = (entry: object[]) =>
      server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    const replaced = (value: string) => ({
      resource: identified(value),
      request: { method: 'PUT', url: url(value), ifMatch },
    })
    const removed = (value: string) => ({ request: { method: 'DELETE', url: url(value), ifMatch } })
    await server.fhir('POST', 'Basic', identified('t'))
    expect((await transaction([replaced('none')])).status).toBe(412)
    expect((await transaction([removed('none')])).status).toBe(412)
    expect((await transaction([replaced('t')])).status).toBe(200)
    expect((await transaction([removed('t')])).status).toBe(200)
  })
})
