import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await put('Patient', 'a', { profile: ['http://p1'], tag: [{ system: 'http://t', code: 'x', display: 'X' }] })
  await put('Patient', 'b', { tag: [{ system: 'http://t', code: 'x' }], security: [{ code: 'R' }] })
  await put('Person', 'c', { profile: ['http://p2'] })
  await put('Person', 'd')
})
afterAll(() => server.close())

async function put(type: string, id: string, meta?: object): Promise<void> {
  await server.fhir('PUT', `${type}/${id}`, { resourceType: type, id, ...(meta && { meta }) })
}

async function metaOf(path: string, method = 'GET', meta?: object): Promise<Record<string, unknown>> {
  const body = meta && { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: meta }] }
  const reply = await server.fhir(method, path, body)
  expect(reply.status).toBe(200)
  const { parameter } = reply.json as unknown as { parameter: { name: string; valueMeta: Record<string, unknown> }[] }
  expect(parameter).toHaveLength(1)
  expect(parameter[0]!.name).toBe('return')
  return parameter[0]!.valueMeta
}

describe('$meta', () => {
  test('of a resource is its own', async () => {
    expect(await metaOf('Patient/a/$meta')).toMatchObject({ versionId: '1', profile: ['http://p1'] })
    expect((await server.fhir('GET', 'Patient/none/$meta')).status).toBe(404)
  })

  test('of a type is all that its resources have, once', async () => {
    const meta = await metaOf('Patient/$meta')
    expect(meta).toMatchObject({ profile: ['http://p1'], security: [{ code: 'R' }] })
    expect(meta['tag']).toHaveLength(1)
    expect(meta).not.toHaveProperty('versionId')
  })

  test('of the system is all that there are', async () => {
    expect(await metaOf('$meta', 'POST')).toMatchObject({ profile: ['http://p1', 'http://p2'] })
  })
})

describe('$meta-add and $meta-delete', () => {
  test('make new versions that differ in the Meta alone', async () => {
    await server.fhir('PUT', 'Patient/e', { resourceType: 'Patient', id: 'e', gender: 'female' })
    const tag = { system: 'http://t', code: 'y' }
    expect(await metaOf('Patient/e/$meta-add', 'POST', { tag: [tag] })).toMatchObject({ versionId: '2', tag: [tag] })
    const read = await server.fhir('GET', 'Patient/e')
    expect(read.json).toMatchObject({ gender: 'female', meta: { versionId: '2', tag: [tag] } })

    const after = await metaOf('Patient/e/$meta-delete', 'POST', { tag: [tag] })
    expect(after).toMatchObject({ versionId: '3' })
    expect(after).not.toHaveProperty('tag')
    expect(await metaOf('Patient/e/_history/2/$meta')).toMatchObject({ versionId: '2', tag: [tag] })
  })

  test('make no version where nothing changes', async () => {
    const before = await metaOf('Patient/a/$meta')
    expect(await metaOf('Patient/a/$meta-add', 'POST', { profile: ['http://p1'] })).toEqual(before)
    expect(await metaOf('Patient/a/$meta-delete', 'POST', { profile: ['http://none'] })).toEqual(before)
  })

  test('lose no update when many add at once', async () => {
    await put('Person', 'f')
    const codes = Array.from({ length: 8 }, (_, i) => `c${i}`)
    await Promise.all(codes.map((code) => metaOf('Person/f/$meta-add', 'POST', { tag: [{ code }] })))
    const meta = await metaOf('Person/f/$meta')
    expect(meta['versionId']).toBe('9')
    expect((meta['tag'] as { code: string }[]).map(({ code }) => code).sort()).toEqual(codes)
  })

  test('keep to If-Match', async () => {
    const body = { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag: [{ code: 'z' }] } }] }
    const reply = await server.fhir('POST', 'Patient/b/$meta-add', body, { 'if-match': 'W/"7"' })
    expect(reply.status).toBe(412)
  })

  test('need a Meta', async () => {
    expect((await server.fhir('POST', 'Patient/a/$meta-add')).status).toBe(400)
    expect((await server.fhir('POST', 'Patient/none/$meta-add', { resourceType: 'Parameters' })).status).toBe(400)
  })
})
