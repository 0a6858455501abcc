import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { sql } from '../../server/sql.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeEach(async () => {
  server = await testServer()
  onTestFinished(() => server.close())
  // Three versions of a and b, the last of b a deletion; one of c.
  for (const id of ['a', 'b']) {
    await server.fhir('PUT', `Patient/${id}`, patient(id, 'secretfirst'))
    await server.fhir('PUT', `Patient/${id}`, patient(id, 'secretsecond'))
  }
  await server.fhir('PUT', 'Patient/a', patient('a', 'current'))
  await server.fhir('DELETE', 'Patient/b')
  await server.fhir('PUT', 'Person/c', { resourceType: 'Person', id: 'c' })
})

function patient(id: string, family: string) {
  return { resourceType: 'Patient', id, name: [{ family }] }
}

async function expunge(path: string, ...names: string[]): Promise<number> {
  const parameter = names.map((name) => ({ name, valueBoolean: true }))
  const reply = await server.fhir('POST', path, { resourceType: 'Parameters', parameter })
  expect(reply.status).toBe(200)
  return (reply.json as unknown as { parameter: { valueInteger: number }[] }).parameter[0]!.valueInteger
}

async function versions(reference: string): Promise<number> {
  const reply = await server.fhir('GET', `${reference}/_history`)
  return reply.status === 404 ? 0 : (reply.json['total'] as number)
}

async function contentsWith(word: string): Promise<number> {
  const rows = await server.context.store.db.query<{ n: number }>(sql`
    select ((select count(*) from history where content like ${`%${word}%`})
      + (select count(*) from r_patient where content like ${`%${word}%`})
      + (select count(*) from x_string where v like ${`%${word}%`}))::int as n`)
  return rows[0]!.n
}

describe('$expunge', () => {
  test('of previous versions leaves the current ones and what was deleted', async () => {
    expect(await expunge('Patient/$expunge', 'expungePreviousVersions')).toBe(2)
    expect([await versions('Patient/a'), await versions('Patient/b')]).toEqual([1, 3])
    expect((await server.fhir('GET', 'Patient/a')).json).toMatchObject({ meta: { versionId: '3' } })
    expect((await server.fhir('GET', 'Patient/a/_history/1')).status).toBe(404)
  })

  test('of deleted resources leaves those that exist', async () => {
    expect(await expunge('$expunge', 'expungeDeletedResources')).toBe(3)
    expect([await versions('Patient/a'), await versions('Patient/b')]).toEqual([3, 0])
    expect((await server.fhir('GET', 'Patient/b')).status).toBe(404)
  })

  test('of both leaves no trace of content', async () => {
    await expunge('$expunge', 'expungeDeletedResources', 'expungePreviousVersions')
    expect(await contentsWith('secret')).toBe(0)
    expect(await contentsWith('current')).toBeGreaterThan(0)
    const log = await server.fhir('GET', '_history')
    expect(log.json['entry']).toHaveLength(2)
  })

  test('of everything leaves nothing of the resource', async () => {
    expect(await expunge('Patient/a/$expunge', 'expungeEverything')).toBe(3)
    expect([await versions('Patient/a'), await versions('Patient/b'), await versions('Person/c')]).toEqual([0, 3, 1])
    expect(await contentsWith('current')).toBe(0)
    expect(await expunge('$expunge', 'expungeEverything')).toBe(4)
    expect(await versions('Person/c')).toBe(0)
  })

  test('lets the resource be written again', async () => {
    await expunge('Patient/a/$expunge', 'expungeEverything')
    expect((await server.fhir('PUT', 'Patient/a', patient('a', 'new'))).status).toBe(201)
    expect(await versions('Patient/a')).toBe(1)
  })

  test('ends at its limit, with whole resources', async () => {
    const parameter = [
      { name: 'expungeEverything', valueBoolean: true },
      { name: 'limit', valueInteger: 4 },
    ]
    const body = { resourceType: 'Parameters', parameter }
    const reply = await server.fhir('POST', 'Patient/$expunge', body)
    expect(reply.text).toContain('"valueInteger":6')
  })

  test.each([
    ['without confirmation', 'Patient/a/$expunge', 400],
    ['with a false one', 'Patient/a/$expunge?expungeEverything=false', 400],
    ['with a limit of 0', 'Patient/a/$expunge?expungeEverything=true&limit=0', 400],
    ['of an unknown resource', 'Patient/none/$expunge?expungeEverything=true', 404],
  ])('%s is refused', async (_case, path, status) => {
    expect((await server.fhir('POST', path)).status).toBe(status)
    expect(await versions('Patient/a')).toBe(3)
  })
})
