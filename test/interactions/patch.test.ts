import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

let count = 0
let path: string

beforeEach(async () => {
  const id = `p${++count}`
  path = `Patient/${id}`
  await server.fhir('PUT', path, { resourceType: 'Patient', id, gender: 'male', name: [{ family: 'A' }] })
})

const jsonPatch = 'application/json-patch+json'
const toFemale = [{ op: 'replace', path: '/gender', value: 'female' }]
const fhirPathPatch = {
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Patient.gender' },
        { name: 'value', valueCode: 'female' },
      ],
    },
  ],
}

function patch(body: object | string, contentType = jsonPatch, headers = {}): Promise<TestReply> {
  return server.fhir('PATCH', path, body, { 'content-type': contentType, ...headers })
}

function binary(contentType: string, data: unknown) {
  return { resourceType: 'Binary', contentType, data: Buffer.from(JSON.stringify(data)).toString('base64') }
}

describe('a patch', () => {
  test.each<[string, object, string]>([
    ['as JSON Patch', toFemale, jsonPatch],
    ['as FHIRPath Patch', fhirPathPatch, 'application/fhir+json'],
    ['as JSON Patch in a Binary', binary(jsonPatch, toFemale), 'application/fhir+json'],
  ])('%s makes the next version', async (_case, body, contentType) => {
    const reply = await patch(body, contentType)
    expect(reply.status).toBe(200)
    expect(reply.headers['etag']).toBe('W/"2"')
    expect(reply.json).toMatchObject({ gender: 'female', meta: { versionId: '2' }, name: [{ family: 'A' }] })
    expect((await server.fhir('GET', path)).text).toBe(reply.text)
    expect((await server.fhir('GET', `${path}/_history/1`)).json).toMatchObject({ gender: 'male' })
  })

  test('keeps the digits of numbers', async () => {
    const body = '[{"op":"add","path":"/extension","value":[{"url":"http://e","valueDecimal":1.00}]}]'
    expect((await patch(body)).text).toContain('"valueDecimal":1.00')
  })

  test('cannot choose version and time', async () => {
    const reply = await patch([{ op: 'replace', path: '/meta/versionId', value: '77' }])
    expect(reply.json).toMatchObject({ meta: { versionId: '2' } })
  })

  test.each<[string, object | string, string, number, string]>([
    ['changes the id', [{ op: 'replace', path: '/id', value: 'x' }], jsonPatch, 422, 'patch-failed'],
    ['fails a test', [{ op: 'test', path: '/gender', value: 'female' }], jsonPatch, 422, 'patch-failed'],
    ['is no patch', { gender: 'female' }, jsonPatch, 400, 'invalid-patch'],
    ['is in an unknown language', toFemale, 'application/xml-patch+xml', 415, 'unsupported-media-type'],
    ['is an empty Binary', { resourceType: 'Binary' }, 'application/fhir+json', 400, 'invalid-patch'],
  ])('that %s changes nothing', async (_case, body, contentType, status, code) => {
    const reply = await patch(body, contentType)
    expect(reply.status).toBe(status)
    expect(reply.text).toContain(`"code":"${code}"`)
    expect((await server.fhir('GET', path)).json).toMatchObject({ gender: 'male', meta: { versionId: '1' } })
  })

  test('needs a body and a resource', async () => {
    expect((await server.fhir('PATCH', path)).status).toBe(400)
    path = 'Patient/none'
    expect((await patch(toFemale)).status).toBe(404)
  })

  test('keeps to If-Match', async () => {
    expect((await patch(toFemale, jsonPatch, { 'if-match': 'W/"7"' })).status).toBe(412)
    expect((await patch(toFemale, jsonPatch, { 'if-match': 'W/"1"' })).status).toBe(200)
  })

  test('loses no other patch when many come at once', async () => {
    const add = (family: string) => patch([{ op: 'add', path: '/name/-', value: { family } }])
    const replies = await Promise.all(['B', 'C', 'D', 'E', 'F', 'G'].map(add))
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200, 200, 200, 200])
    const read = await server.fhir('GET', path)
    const { name, meta } = read.json as unknown as { name: { family: string }[]; meta: { versionId: string } }
    expect(meta.versionId).toBe('7')
    expect(name.map(({ family }) => family).sort()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G'])
  })

  test('with If-Match has one winner among many', async () => {
    const add = (family: string) =>
      patch([{ op: 'add', path: '/name/-', value: { family } }], jsonPatch, { 'if-match': 'W/"1"' })
    const replies = await Promise.all(['B', 'C', 'D', 'E'].map(add))
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 412, 412, 412])
  })
})
