import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import {
  expectClean,
  members,
  parameter,
  parameters,
  reindexed,
  storeParameter,
  storePatients,
  totalOf,
} from '../../support/custom-parameters.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await storePatients(server, 300)
  for (const resource of parameters) await storeParameter(server, resource)
  await reindexed(server)
})
afterAll(() => server.close())

describe('changes of custom search parameters', () => {
  test('take effect with the next $reindex, the earlier definition serving until then', async () => {
    const [race] = parameters as [JsonObject]
    const changed = {
      ...race,
      expression: (race['expression'] as string).replace('.value.code', '.value.ofType(string)'),
    }
    await server.fhir('PUT', 'SearchParameter/race', changed)
    expect(await totalOf(server, 'Patient?race=2106-3')).toBe(90)
    expect(await reindexed(server)).toMatchObject({ state: 'done', done: 300, changed: 270 })
    expect(await totalOf(server, 'Patient?race=2106-3')).toBe(0)
    expect(await totalOf(server, 'Patient?race=race%201')).toBe(90)
    await expectClean(server)
  })

  test('that remove one remove it from search, and its terms from the rows', async () => {
    await server.fhir('DELETE', 'SearchParameter/race')
    expect(await totalOf(server, 'Patient?race=race%201')).toBe(90)
    expect(await reindexed(server)).toMatchObject({ state: 'done', changed: 270 })
    const reply = await server.fhir('GET', 'Patient?race=2106-3')
    expect(reply.status).toBe(400)
    expect(reply.text).not.toContain('$reindex')
    await expectClean(server)
  })

  test('can be named by instance and by url', async () => {
    const [race] = parameters as [JsonObject]
    await server.fhir('PUT', 'SearchParameter/race', race)
    await server.fhir('PUT', 'SearchParameter/other', {
      ...race,
      id: 'other',
      code: 'other',
      url: 'http://example.org/other',
    })
    const reply = await server.fhir('POST', 'SearchParameter/race/$reindex?wait=true')
    expect(members(reply.json)).toMatchObject({ state: 'done', url: race['url'] })
    expect((await server.fhir('GET', 'Patient?other=2106-3')).status).toBe(400)
    expect(await reindexed(server, '&url=http://example.org/other')).toMatchObject({ state: 'done', changed: 0 })
    expect(await totalOf(server, 'Patient?other=2106-3')).toBe(90)
  })
})

describe('a SearchParameter that takes a code of the base specification over', () => {
  const given = parameter('given-name', {
    code: 'given',
    base: ['Patient'],
    type: 'string',
    expression: "Patient.name.where(use = 'official').given",
    derivedFrom: 'http://hl7.org/fhir/SearchParameter/individual-given',
  })

  test('does so from $reindex on, until it is removed', async () => {
    expect(await totalOf(server, 'Patient?given=Given1')).toBe(43)
    await server.fhir('PUT', 'SearchParameter/given-name', given)
    expect(await totalOf(server, 'Patient?given=Given1')).toBe(43)
    await reindexed(server)
    expect(await totalOf(server, 'Patient?given=Given1')).toBe(0)
    await server.fhir('PUT', 'SearchParameter/given-name', { ...given, status: 'retired' })
    await reindexed(server)
    expect(await totalOf(server, 'Patient?given=Given1')).toBe(43)
  })

  test('does not change who is in a compartment', async () => {
    const subject = parameter('my-patient', {
      code: 'patient',
      base: ['AllergyIntolerance'],
      type: 'reference',
      target: ['Patient'],
      expression: 'AllergyIntolerance.recorder',
      derivedFrom: 'http://hl7.org/fhir/SearchParameter/clinical-patient',
    })
    await server.fhir('PUT', 'SearchParameter/my-patient', subject)
    await reindexed(server)
    expect(await totalOf(server, 'AllergyIntolerance?patient=Patient/p3')).toBe(0)
    expect(await totalOf(server, 'Patient/p3/AllergyIntolerance')).toBe(1)
    await server.fhir('DELETE', 'SearchParameter/my-patient')
    await reindexed(server)
    expect(await totalOf(server, 'AllergyIntolerance?patient=Patient/p3')).toBe(1)
  })
})

describe('SearchParameters that cannot be used', () => {
  const bad = parameter('bad', { base: ['Patient'], type: 'token', expression: 'Patient.nmae' })

  test('are told of when nothing else is pending', async () => {
    await server.fhir('PUT', 'SearchParameter/bad', bad)
    const reply = await server.fhir('POST', '$reindex')
    expect(reply.status).toBe(422)
    expect(reply.text).toContain(
      "http://example.org/SearchParameter/bad cannot be used: Patient has no element 'nmae'.",
    )
    expect((await server.fhir('POST', 'SearchParameter/bad/$reindex')).status).toBe(422)
  })

  test('do not keep others from being used', async () => {
    const good = parameter('good', { base: ['Patient'], type: 'string', expression: 'Patient.name.family.lower()' })
    await server.fhir('PUT', 'SearchParameter/good', good)
    const job = await reindexed(server)
    expect(job).toMatchObject({ state: 'done', url: good['url'] })
    expect(JSON.stringify(job['outcome'])).toContain("no element 'nmae'")
    expect(await totalOf(server, 'Patient?good=family299')).toBe(1)
  })

  test('of one url are all refused', async () => {
    const twin = parameter('twin', { base: ['Patient'], type: 'string', expression: 'Patient.name.text' })
    await server.fhir('PUT', 'SearchParameter/twin', twin)
    await server.fhir('PUT', 'SearchParameter/twin-2', { ...twin, id: 'twin-2' })
    const reply = await server.fhir('POST', 'SearchParameter/twin/$reindex')
    expect(reply.status).toBe(422)
    expect(reply.text).toContain('2 SearchParameters have this url')
    for (const id of ['bad', 'twin', 'twin-2']) await server.fhir('DELETE', `SearchParameter/${id}`)
  })
})

describe('a SearchParameter is refused', () => {
  const fine = parameter('refused', { base: ['Patient'], type: 'string', expression: 'Patient.name.family' })

  test.each<[string, JsonObject, string]>([
    ['with a mistyped element', { expression: 'Patient.name.famly' }, "no element 'famly'. Did you mean 'family'?"],
    ['with an expression that cannot be read', { expression: 'Patient.name.where(' }, 'Patient.name.where('],
    ['with an unknown function', { expression: 'Patient.name.frobnicate()' }, 'frobnicate'],
    ['with the code of a standard parameter', { code: 'family' }, 'may replace it. Choose another code.'],
    ['with the code of another', { code: 'birth-order' }, "has the code 'birth-order' already: choose another."],
    [
      'with values of another kind',
      { type: 'date' },
      'leads to string on Patient, which a date parameter cannot search',
    ],
    [
      'for a type that its expression does not mention',
      { base: ['Patient', 'Group'] },
      'take that out of base, or add',
    ],
    ['without an expression', { expression: null }, 'give it one that leads to what is searched'],
    ['with one component', { type: 'composite', expression: 'Patient' }, 'a composite must have two components.'],
  ])('%s, by $reindex', async (_name, given, reason) => {
    const { expression, ...rest } = { ...fine, ...given }
    await storeParameter(server, { ...rest, ...(expression !== null && { expression }) })
    const reply = await server.fhir('POST', 'SearchParameter/refused/$reindex')
    expect(reply.status).toBe(422)
    const [issue] = reply.json['issue'] as { details: { text: string; coding: { code: string }[] } }[]
    expect(issue!.details.coding[0]!.code).toBe('unusable-parameter')
    expect(issue!.details.text).toContain(reason)
  })

  test.each<[string, object, string]>([
    ['without a base', { base: undefined }, 'SearchParameter.base'],
    ['for a type that does not exist', { base: ['Patiant'] }, "'Patiant' is not in the value set"],
    ['of a kind that does not exist', { type: 'tokn' }, "'tokn' is not in the value set"],
    ['without a code', { code: undefined }, 'SearchParameter.code'],
  ])('%s, before it is stored', async (_name, given, text) => {
    const reply = await server.fhir('PUT', 'SearchParameter/refused', { ...fine, ...given })
    expect(reply.status).toBe(422)
    expect(reply.text).toContain(text)
  })
})
