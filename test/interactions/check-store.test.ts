import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkStore } from '../../server/interactions/check-store.ts'
import { raw, sql } from '../../server/sql.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/a', patient)
  await server.fhir('PUT', 'Patient/a', { ...patient, active: true })
  await server.fhir('PUT', 'Patient/b', { resourceType: 'Patient', id: 'b' })
  await server.fhir('DELETE', 'Patient/b')
  await server.fhir('PUT', 'Observation/o', observation)
  for (let i = 0; i < 3; i++)
    await server.fhir('PUT', 'Basic/e', { resourceType: 'Basic', id: 'e', code: { text: 'x' } })
  await server.fhir('POST', 'Basic/e/$expunge?expungePreviousVersions=true')
})
afterAll(() => server.close())

const patient = {
  resourceType: 'Patient',
  id: 'a',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">narrative</div>' },
  identifier: [{ system: 'http://i', value: '1' }],
  name: [{ family: 'Müller', given: ['Anna', 'Eva'] }],
  birthDate: '1970-05-01',
  deceasedDateTime: '2020-05-01',
  generalPractitioner: [{ reference: '#gp' }],
  contained: [{ resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Inside' }] }],
}

const observation = {
  resourceType: 'Observation',
  id: 'o',
  status: 'final',
  code: {
    coding: [
      { system: 'http://loinc.org', code: '8867-4' },
      { system: 'http://other', code: 'hr' },
    ],
    text: 'Heart rate',
  },
  subject: { reference: 'Patient/a' },
  performer: [{ reference: 'Practitioner/nobody' }],
  effectiveDateTime: '2024-05-01T10:00:00Z',
  valueQuantity: { value: 61.5, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
  component: [3.25, 1e21].map((value) => ({ code: { coding: [{ code: 'c' }] }, valueQuantity: { value, unit: 'g' } })),
}

describe('a store', () => {
  test('that nobody tampered with has no problems', async () => {
    const shares: number[] = []
    const report = await checkStore(server.context, { onProgress: (share) => shares.push(share) })
    expect(report).toEqual({
      resources: 3,
      versions: 6,
      changes: 6,
      problems: 0,
      examples: [],
      indexing: 'complete',
      danglingReferences: 1,
    })
    expect(shares.at(-1)).toBe(1)
  })

  test.each([
    ['update r_patient set content = replace(content, \'"id":"a"\', \'"id":"z"\')', 'content', 'has the id z'],
    [
      'update r_patient set content = replace(content, \'"versionId":"2"\', \'"versionId":"7"\')',
      'content',
      'version 7',
    ],
    ['update r_patient set content = left(content, 50)', 'content', 'is not JSON'],
    ["update history set content = 'x' where content is not null", 'content', 'is not JSON'],
    ['update r_patient set ts = ts + 1', 'content', 'was stored at'],
    ['update r_observation set terms = terms[2:]', 'index', 'differs in terms'],
    ['update r_observation set patient = 1', 'index', 'differs in patient'],
    ['update r_observation set number = 62', 'index', 'differs in number'],
    ['update r_observation set present = present # 1', 'index', 'differs in present'],
    ["delete from x_string where v = 'muller'", 'index', 'differs in x_string'],
    ['update x_number set low = low - 1', 'index', 'differs in x_number'],
    ['delete from x_date', 'index', 'differs in x_date'],
    ['delete from x_code', 'index', 'differs in x_code'],
    ['delete from x_narrative', 'index', 'differs in x_narrative'],
    ['delete from contained', 'index', 'differs in contained'],
    ["delete from x_string where v = 'inside'", 'index', 'differs in contained x_string'],
    ['update contained set terms = terms[2:]', 'index', 'differs in contained terms'],
    ['delete from text_term', 'dictionary', 'lacks'],
    ['delete from unit', 'dictionary', 'lacks'],
    [
      'delete from history where version = 1 and content like \'%"Patient","id":"a"%\'',
      'versions',
      'follows version 0',
    ],
    ['delete from history where content is null', 'versions', 'neither current nor a deletion'],
    ['update history set version = version + 1 where content is null', 'versions', 'follows version 1'],
    ['delete from r_observation', 'change-log', 'differs from the change'],
    ['delete from change_log where version = 2', 'change-log', 'is not logged'],
    ["update change_log set op = 'D' where version = 1", 'change-log', 'differs from the change'],
    [
      'insert into change_log (type, pk, version, op, ts) select type, pk, version, op, ts from change_log',
      'change-log',
      'more than once',
    ],
  ])('%s is noticed', async (statement, check, detail) => {
    await afterTampering(statement, async () => {
      const { problems, examples } = await checkStore(server.context)
      expect(problems).toBeGreaterThan(0)
      const texts = examples.map((problem) => `${problem.check}: ${problem.reference} ${problem.detail}`)
      expect(texts).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${check}: .*${detail}`))]))
    })
  })
})

const tables = [
  'r_patient',
  'r_observation',
  'history',
  'change_log',
  'x_string',
  'x_number',
  'x_date',
  'x_code',
  'x_narrative',
  'contained',
  'text_term',
  'unit',
]

/** Puts back what `statement` changes. */
async function afterTampering(statement: string, work: () => Promise<void>): Promise<void> {
  const { db } = server.context.store
  const run = (text: string) => db.query(sql`${raw(text)}`, { prepared: false })
  for (const table of tables) await run(`create table saved_${table} as table ${table}`)
  try {
    await run(statement)
    await work()
  } finally {
    for (const table of tables) {
      await run(`delete from ${table}`)
      await run(`insert into ${table} ${table === 'change_log' ? 'overriding system value' : ''} table saved_${table}`)
      await run(`drop table saved_${table}`)
    }
  }
}
