/** Search parameters of every type, on one resource type and on several, over HTTP from definition to search. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  for (const resource of before) await put(resource)
  for (const parameter of parameters) await put(parameter)
  const reply = await server.fhir('POST', '$reindex?wait=true')
  expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"done"')])
  expect(reply.text).not.toContain('unusable-parameter')
  for (const resource of after) await put(resource)
})
afterAll(() => server.close())

async function put(resource: JsonObject): Promise<void> {
  const reply = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
  expect([reply.status, reply.text]).toEqual([201, expect.any(String)])
}

/** Stored before the parameters; `after` is stored when they are in use. */
const before: readonly JsonObject[] = [
  patient('anna', 1),
  patient('ben', 2),
  practitioner('dora', 1),
  observation('o1', 1),
]
const after: readonly JsonObject[] = [patient('carl', 3), practitioner('emil', 2), observation('o2', 2)]

function person(resourceType: string, id: string, n: number): JsonObject {
  return {
    resourceType,
    id,
    name: [
      { use: 'official', family: 'Kent', period: { start: `200${n}-01-01`, end: `200${n}-12-31` } },
      { use: 'nickname', given: [`Nick${n}`] },
    ],
    photo: [{ url: `https://example.org/photos/${n}` }],
    language: n === 1 ? 'de' : 'pt-BR',
    gender: n === 2 ? 'male' : 'female',
    birthDate: `198${n}-03-09`,
  }
}

function patient(id: string, n: number): JsonObject {
  const practitioner = { reference: `Practitioner/${n === 1 ? 'dora' : 'emil'}` }
  return { ...person('Patient', id, n), multipleBirthInteger: n, ...(n < 3 && { generalPractitioner: [practitioner] }) }
}

function practitioner(id: string, n: number): JsonObject {
  const qualification = [{ code: { text: 'MD' }, issuer: { reference: `Organization/school-${n}` } }]
  return { ...person('Practitioner', id, n), qualification }
}

function observation(id: string, n: number): JsonObject {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: 'Glucose' },
    subject: { reference: `Patient/${n === 1 ? 'anna' : 'ben'}` },
    language: n === 1 ? 'de' : 'en',
    referenceRange: [{ low: { value: n * 5, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
  }
}

const both = ['Patient', 'Practitioner']

const parameters: readonly JsonObject[] = [
  parameter('lang', 'token', ['Resource'], 'Resource.language'),
  parameter('nickname', 'string', both, both.map((t) => `${t}.name.where(use='nickname').given`).join(' | ')),
  parameter('named', 'date', both, 'Patient.name.period | Practitioner.name.period'),
  parameter('trusted', 'reference', both, 'Patient.generalPractitioner | Practitioner.qualification.issuer', {
    target: ['Practitioner', 'Organization'],
  }),
  parameter('normal-from', 'quantity', ['Observation'], 'Observation.referenceRange.low'),
  parameter('twin-number', 'number', ['Patient'], 'Patient.multipleBirth.ofType(integer)'),
  parameter('photo', 'uri', both, 'Patient.photo.url | Practitioner.photo.url'),
  parameter('gender-born', 'composite', ['Patient'], 'Patient', {
    component: [
      { definition: 'http://hl7.org/fhir/SearchParameter/individual-gender', expression: 'gender' },
      { definition: 'http://hl7.org/fhir/SearchParameter/individual-birthdate', expression: 'birthDate' },
    ],
  }),
]

function parameter(code: string, type: string, base: string[], expression: string, more: JsonObject = {}): JsonObject {
  const url = `https://example.org/SearchParameter/${code}`
  const texts = { name: code.replaceAll('-', ''), description: code, status: 'active' }
  return { resourceType: 'SearchParameter', id: code, url, ...texts, code, base, type, expression, ...more }
}

describe('a search by one finds what was stored before and after it', () => {
  test.each([
    ['Patient?lang=pt-BR', ['ben', 'carl']],
    ['Practitioner?lang=de', ['dora']],
    ['Observation?lang=de,en', ['o1', 'o2']],
    ['Patient?lang:not=de', ['ben', 'carl']],
    ['Patient?nickname=nick2', ['ben']],
    ['Patient?nickname:exact=Nick3', ['carl']],
    ['Practitioner?nickname:contains=ick', ['dora', 'emil']],
    ['Patient?named=2002', ['ben']],
    ['Patient?named=gt2002', ['carl']],
    ['Practitioner?named=le2001', ['dora']],
    ['Patient?trusted=Practitioner/emil', ['ben']],
    ['Practitioner?trusted=Organization/school-2', ['emil']],
    ['Observation?normal-from=5||mg', ['o1']],
    ['Observation?normal-from=gt0.009|http://unitsofmeasure.org|g', ['o2']],
    ['Patient?twin-number=ge2', ['ben', 'carl']],
    ['Patient?photo=https://example.org/photos/3', ['carl']],
    ['Practitioner?photo:below=https://example.org/photos', ['dora', 'emil']],
    ['Patient?gender-born=female$1983', ['carl']],
    ['Patient?gender-born=male$1983', []],
    ['Patient?trusted:missing=true', ['carl']],
    ['Observation?normal-from:missing=false', ['o1', 'o2']],
    ['Patient?trusted:Practitioner.nickname=nick1', ['anna']],
    ['Observation?subject:Patient.trusted:Practitioner.lang=pt-BR', ['o2']],
    ['Practitioner?_has:Patient:trusted:twin-number=2', ['emil']],
    ['Patient?_has:Observation:subject:normal-from=gt7', ['ben']],
  ])('%s', async (query, ids) => {
    expect((await idsOf(query)).sort()).toEqual(ids)
  })
})

test.each([
  ['Patient?_sort=-named', ['carl', 'ben', 'anna']],
  ['Patient?_sort=nickname', ['anna', 'ben', 'carl']],
  ['Patient?_sort=-twin-number', ['carl', 'ben', 'anna']],
  ['Patient?_sort=photo', ['anna', 'ben', 'carl']],
  ['Patient?_sort=-photo', ['carl', 'ben', 'anna']],
  ['Patient?_sort=trusted', ['anna', 'ben', 'carl']],
  ['Observation?_sort=-normal-from', ['o2', 'o1']],
  ['Practitioner?_sort=-lang', ['emil', 'dora']],
])('%s is in order', async (query, ids) => {
  expect(await idsOf(query)).toEqual(ids)
})

test.each([
  ['Observation?normal-from=gt7', 'normal-from'],
  ['Patient?nickname=nick', 'nickname'],
  ['Patient?trusted:Practitioner.nickname=nick1', 'trusted'],
])('_explain tells how %s was carried out', async (query, code) => {
  const reply = await server.fhir('GET', `${query}&_explain=true`)
  const entries = reply.json['entry'] as { resource: JsonObject; search: { mode: string } }[]
  const outcome = JSON.stringify(entries.find(({ search }) => search.mode === 'outcome')?.resource)
  expect(outcome).toContain(code)
  expect(outcome).toContain('select')
})

async function idsOf(query: string): Promise<string[]> {
  const reply = await server.fhir('GET', query)
  expect([reply.status, reply.text.slice(0, 500)]).toEqual([200, expect.any(String)])
  const entries = (reply.json['entry'] ?? []) as { resource: { id: string } }[]
  return entries.map(({ resource }) => resource.id)
}

test('the CapabilityStatement lists each where it applies', async () => {
  const { json } = await server.fhir('GET', 'metadata')
  type Listed = { readonly type: string; readonly searchParam: { readonly name: string; readonly type: string }[] }
  const resources = (json['rest'] as unknown as { resource: Listed[] }[])[0]!.resource
  for (const { code, type, base } of parameters as unknown as { code: string; type: string; base: string[] }[]) {
    const having = resources.filter(({ searchParam }) => searchParam.some((p) => p.name === code && p.type === type))
    if (base[0] === 'Resource') expect(having).toHaveLength(resources.length)
    else expect(having.map((resource) => resource.type).sort()).toEqual(base)
  }
})
