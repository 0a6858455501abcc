import { afterAll, beforeAll, expect, test } from 'vitest'
import { dispatch } from '../../server/dispatch.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const entry = (method: string, url: string, resource?: JsonObject) => ({
  request: { method, url },
  ...(resource && { resource }),
})

function send(entries: readonly object[], headers?: Record<string, string>) {
  return server.fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry: entries }, headers)
}

test('entries succeed and fail each for itself, answered in their order', async () => {
  const reply = await send([
    entry('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' }),
    entry('GET', 'Patient/never'),
    entry('PUT', 'Patient/b', { resourceType: 'Patient', id: 'c' }),
    entry('POST', 'Patient', { resourceType: 'Patient', gender: 'none of them' }),
    { request: { method: 'LOAD', url: 'Patient' } },
    entry('POST', 'Patient', { resourceType: 'Patient' }),
  ])
  expect(reply.status).toBe(200)
  expect(reply.json).toMatchObject({ resourceType: 'Bundle', type: 'batch-response' })
  const responses = (reply.json['entry'] as { response: JsonObject }[]).map(({ response }) => response)
  expect(responses.map((response) => String(response['status']).slice(0, 3))).toEqual([
    '201',
    '404',
    '400',
    '422',
    '400',
    '201',
  ])
  expect(responses[2]).toMatchObject({ outcome: { issue: [{ expression: ['Bundle.entry[2].resource.id'] }] } })
  expect(responses[0]).toMatchObject({ location: 'Patient/a/_history/1', etag: 'W/"1"' })
  expect((await server.fhir('GET', 'Patient/a')).status).toBe(200)
})

test('reads are answered with their resources, writes as preferred', async () => {
  const entries = [entry('PUT', 'Patient/r', { resourceType: 'Patient', id: 'r' })]
  expect((await send(entries)).json['entry']).not.toMatchObject([{ resource: {} }])
  expect((await send(entries, { prefer: 'return=representation' })).json['entry']).toMatchObject([
    { resource: { id: 'r' } },
  ])
  expect((await send([entry('GET', 'Patient/r')])).json['entry']).toMatchObject([{ resource: { id: 'r' } }])
})

test('hundreds of entries are carried out', async () => {
  const entries = Array.from({ length: 300 }, (_, i) =>
    entry('PUT', `Basic/${i}`, { resourceType: 'Basic', id: `${i}`, code: { text: 'x' } }),
  )
  const reply = await send(entries)
  expect(
    (reply.json['entry'] as JsonObject[]).every(({ response }) => (response as JsonObject)['status'] === '201 Created'),
  ).toBe(true)
})

test('too many entries are refused', async () => {
  const reply = await send(Array.from({ length: 50_001 }, () => ({})))
  expect(reply.status).toBe(400)
  expect(reply.json['issue']).toMatchObject([{ details: { coding: [{ code: 'invalid-bundle' }] } }])
})

test('a bug in one entry fails that entry alone', async () => {
  const broken = await testServer({
    config: { logLevel: 'silent' },
    context: {
      dispatch: async (request, context) => {
        if (request.path[1] === 'bug') throw new TypeError('planted')
        return dispatch(request, context)
      },
    },
  })
  try {
    const entries = [entry('PUT', 'Patient/x', { resourceType: 'Patient', id: 'x' }), entry('GET', 'Patient/bug')]
    const { status, json } = await broken.fhir('POST', '', { resourceType: 'Bundle', type: 'batch', entry: entries })
    expect(status).toBe(200)
    const [stored, failed] = json['entry'] as { response: { status: string; outcome?: object } }[]
    expect(stored!.response.status).toMatch(/^201/)
    expect(failed!.response.status).toMatch(/^500/)
    expect(JSON.stringify(failed!.response.outcome)).toContain('it is logged as')
    expect(JSON.stringify(failed)).not.toContain('planted')
  } finally {
    await broken.close()
  }
})
