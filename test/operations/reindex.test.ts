import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, parseStored } from '../../server/fhir/json.ts'
import { checkStore } from '../../server/interactions/check-store.ts'
import { raw, sql } from '../../server/sql.ts'
import {
  expectClean,
  members,
  parameters,
  patient,
  reindexed,
  storeParameter,
  storePatients,
  totalOf,
} from '../support/custom-parameters.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const patients = 300

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await storePatients(server, patients)
})
afterAll(() => server.close())

describe('custom search parameters', () => {
  test('are not known before $reindex, which the outcome names', async () => {
    for (const resource of parameters) {
      await storeParameter(server, resource)
    }
    const strict = await server.fhir('GET', 'Patient?race=2106-3')
    expect(strict.status).toBe(400)
    expect(strict.text).toContain('SearchParameter/race defines it: $reindex makes it usable.')
    const chained = await server.fhir('GET', 'Condition?subject:Patient.race=2106-3')
    expect(chained.text).toContain('$reindex makes it usable')
    const lenient = await server.fhir('GET', 'Patient?race=2106-3&_count=1', undefined, { prefer: 'handling=lenient' })
    expect(lenient.status).toBe(200)
    expect(lenient.text).toContain('$reindex makes it usable')
  })

  test('are usable after $reindex', async () => {
    const before = await server.fhir('GET', 'Patient/p0')
    const job = await reindexed(server)
    expect(job).toMatchObject({ state: 'done', done: 900, total: 900, changed: 900, secondsLeft: 0 })
    const after = await server.fhir('GET', 'Patient/p0')
    expect(after.text).toBe(before.text)
    expect(after.headers['etag']).toBe(before.headers['etag'])
  })

  const expected: readonly [query: string, matches: (i: number) => boolean][] = [
    ['Patient?race=2106-3', (i) => i % 3 === 0 && i % 10 !== 9],
    ['Patient?race:missing=true', (i) => i % 10 === 9],
    ['Patient?race:not=2106-3', (i) => !(i % 3 === 0 && i % 10 !== 9)],
    ['Patient?birth-order=3', (i) => i % 4 === 3],
    ['Patient?birth-order=gt1', (i) => i % 4 > 1],
    ['Patient?birth-order:missing=true', () => false],
    ['Patient?next=Patient/p1', (i) => i === 0],
    ['Patient?next.race=2054-5', (i) => i % 2 === 0 && (i + 1) % 3 === 1 && (i + 1) % 10 !== 9],
    ['Patient?_has:Patient:next:birth-order=2', (i) => (i - 1) % 4 === 2],
    ['Patient?_has:AllergyIntolerance:patient:allergy-status=active', (i) => i % 2 === 0],
    ['AllergyIntolerance?allergy-status=active', (i) => i % 2 === 0],
    ['AllergyIntolerance?patient.race=2028-9', (i) => i % 3 === 2 && i % 10 !== 9],
    ['AllergyIntolerance?severe-onset=2020', (i) => i % 5 === 0],
    ['AllergyIntolerance?severe-onset:missing=true', (i) => i % 5 !== 0],
    ['AllergyIntolerance?harm=high', (i) => i % 5 === 0],
    ['AllergyIntolerance?reaction-text=severe$rash', (i) => i % 5 === 0],
    ['AllergyIntolerance?reaction-text=severe$pain', () => false],
    ['Condition?asserted-date=ge2018', (i) => i % 10 >= 8],
    ['Condition?asserted-date=2015-05', (i) => i % 10 === 5],
    ['Condition?evidence-allergy:AllergyIntolerance.allergy-status=resolved', (i) => i % 2 === 1],
    ['Condition?_filter=asserted-date ge 2019', (i) => i % 10 >= 9],
    ['Patient?birth-order=9&_contained=true', () => true],
  ]
  test.each(expected)('%s finds what it should', async (query, matches) => {
    const wanted = Array.from({ length: patients }, (_, i) => i).filter(matches).length
    const reply = await server.fhir('GET', `${query.replaceAll(' ', '%20')}&_count=1000`)
    expect([reply.status, reply.text.slice(0, 500)]).toEqual([200, expect.any(String)])
    const entries = (reply.json['entry'] ?? []) as JsonObject[]
    expect(entries).toHaveLength(wanted)
  })

  test.each([
    ['Condition?_sort=asserted-date,_id&_count=2', ['c0', 'c10']],
    ['Condition?_sort=-asserted-date,_id&_count=2', ['c109', 'c119']],
    ['AllergyIntolerance?_sort=harm,_id&_count=2', ['a0', 'a10']],
    ['AllergyIntolerance?_sort=-harm,_id&_count=2', ['a1', 'a101']],
    ['Patient?_sort=-race,_id&_count=2', ['p0', 'p102']],
  ])('%s is in order', async (query, ids) => {
    const reply = await server.fhir('GET', query)
    const entries = reply.json['entry'] as { resource: { id: string } }[]
    expect(entries.map(({ resource }) => resource.id)).toEqual(ids)
  })

  test('are followed by includes, forwards and backwards', async () => {
    const forwards = await server.fhir('GET', 'Condition?_id=c7&_include=Condition:evidence-allergy')
    expect(ids(forwards.json)).toEqual(['c7', 'a7'])
    const backwards = await server.fhir('GET', 'AllergyIntolerance?_id=a7&_revinclude=Condition:evidence-allergy')
    expect(ids(backwards.json)).toEqual(['a7', 'c7'])
  })

  test('hold for what is stored afterwards', async () => {
    await server.fhir('PUT', 'Patient/later', { ...patient(0), id: 'later' })
    expect(await totalOf(server, 'Patient?race=2106-3&_id=later')).toBe(1)
    await server.fhir('PUT', 'Patient/later', { ...patient(1), id: 'later' })
    expect(await totalOf(server, 'Patient?race=2106-3&_id=later')).toBe(0)
    expect(await totalOf(server, 'Patient?race=2054-5&_id=later')).toBe(1)
    await server.fhir('DELETE', 'Patient/later')
  })

  test('are in the CapabilityStatement', async () => {
    const { json } = await server.fhir('GET', 'metadata')
    const rest = (json['rest'] as JsonObject[])[0]!['resource'] as { type: string; searchParam: JsonObject[] }[]
    expect(rest.find(({ type }) => type === 'Patient')!.searchParam).toContainEqual({
      name: 'race',
      definition: 'http://example.org/SearchParameter/race',
      type: 'token',
    })
  })

  test('leave a store that has no problems', async () => {
    const report = await checkStore(server.context)
    expect(report.examples).toEqual([])
  })
})

function ids(bundle: JsonObject): string[] {
  return (bundle['entry'] as { resource: { id: string } }[]).map(({ resource }) => resource.id)
}

describe('$reindex', () => {
  test('answers 202 and tells where progress is told', async () => {
    const reply = await server.fhir('POST', '$reindex')
    expect(reply.status).toBe(202)
    const place = reply.headers['content-location']!
    expect(place).toMatch(/\/fhir\/\$reindex-status\?job=\d+$/)
    for (;;) {
      const status = await server.fhir('GET', place.slice(place.indexOf('/$') + 1))
      expect(status.status).toBe(200)
      const { state, done, total } = members(status.json)
      if (state === 'done') {
        expect(done).toBe(total)
        break
      }
      expect(['waiting', 'running']).toContain(state)
    }
  })

  test('writes rows again that differ, and tells how many', async () => {
    const { db } = server.context.store
    await db.query(
      sql`${raw("update r_patient set terms = '{}', present = 0 where pk in (select pk from r_patient limit 7)")}`,
    )
    await db.query(sql`${raw("delete from x_string where v like 'family1%'")}`)
    const { changed } = await reindexed(server)
    expect(changed).toBeGreaterThan(7)
    await expectClean(server)
    const history = await server.fhir('GET', 'Patient/p1/_history')
    expect(history.json['total']).toBe(1)
  })

  test('refuses unknown urls, types and parameters', async () => {
    expect((await server.fhir('POST', '$reindex?url=http://nowhere')).status).toBe(404)
    expect((await server.fhir('POST', '$reindex?type=Foo')).status).toBe(404)
    expect((await server.fhir('POST', '$reindex?x=1')).status).toBe(400)
    expect((await server.fhir('GET', '$reindex')).status).toBe(405)
    expect((await server.fhir('GET', '$reindex-status?job=99999')).status).toBe(404)
    const entry = [{ request: { method: 'POST', url: '$reindex' } }]
    const inside = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(inside.status).toBe(400)
  })
})

test('a stored SearchParameter keeps what it was stored with', async () => {
  const reply = await server.fhir('GET', 'SearchParameter/next')
  expect(parseStored(reply.text)['expression']).toBe('Patient.link.other.where(resolve() is Patient)')
})
