import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (const gender of ['male', 'female', 'other']) {
    await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender })
  }
  await server.fhir('PUT', 'Patient/b', { resourceType: 'Patient', id: 'b', gender: 'unknown' })
})
afterAll(() => server.close())

async function replacement(method: string, path: string, body?: object): Promise<unknown> {
  const reply = await server.fhir(method, path, body)
  expect(reply.status).toBe(200)
  const { parameter = [] } = reply.json as unknown as { parameter?: { part: Record<string, unknown>[] }[] }
  return parameter.flatMap(({ part }) => part.filter(({ name }) => name === 'value').map((one) => one['valueCode']))[0]
}

describe('$diff', () => {
  test.each([
    ['Patient/a/$diff?from=1&to=3', 'other'],
    ['Patient/a/$diff?from=3&to=1', 'male'],
    ['Patient/a/$diff?from=1&to=2', 'female'],
    ['Patient/a/$diff?to=2', 'female'],
    ['Patient/a/$diff', 'other'],
    ['Patient/a/$diff?from=2&to=2', undefined],
  ])('%s', async (path, value) => {
    expect(await replacement('GET', path)).toBe(value)
  })

  test('a version that is no number is named as it was sent', async () => {
    const { text } = await server.fhir('GET', 'Patient/a/$diff?to=last')
    expect(text).toContain('Patient/a has no version last.')
  })

  test('gives a patch that makes the second of the first', async () => {
    const difference = await server.fhir('GET', 'Patient/a/$diff?from=3&to=1')
    const patched = await server.fhir('PATCH', 'Patient/a', difference.text)
    expect(patched.json).toMatchObject({ gender: 'male', meta: { versionId: '4' } })
    await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', gender: 'other' })
  })

  test('compares versions by reference', async () => {
    expect(await replacement('GET', '$diff?from=Patient/a/_history/1&to=Patient/a/_history/2')).toBe('female')
  })

  test('compares resources that are sent', async () => {
    const parameter = ['male', 'female'].map((gender, i) => ({
      name: i === 0 ? 'from' : 'to',
      resource: { resourceType: 'Patient', gender },
    }))
    expect(await replacement('POST', '$diff', { resourceType: 'Parameters', parameter })).toBe('female')
  })

  test.each([
    ['Patient/a/$diff?from=9', 404],
    ['Patient/none/$diff', 404],
    ['$diff?from=Patient/a', 400],
    ['$diff?from=Patient/a&to=elsewhere', 400],
    ['Patient/$diff', 404],
  ])('%s is refused', async (path, status) => {
    expect((await server.fhir('GET', path)).status).toBe(status)
  })
})
