import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../../server/access/access.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { type ValidationMode, validationModes } from '../../server/fhir/validation/mode.ts'
import { remembered } from '../../server/interactions/terminology/cache.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

const vitalSigns = 'http://hl7.org/fhir/StructureDefinition/vitalsigns'
const heartRate = {
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: 'Patient/a' },
  effectiveDateTime: '2026-11-22',
  valueQuantity: { value: 72, unit: '/min', system: 'http://unitsofmeasure.org', code: '/min' },
}
const { subject: _subject, ...withoutSubject } = heartRate

const typeOf = (resource: object) => (resource as JsonObject)['resourceType'] as string

const faults = {
  structure: { resourceType: 'Patient', nickname: 'Al' },
  invariant: { resourceType: 'Patient', contact: [{ gender: 'male' }] },
  claim: { ...withoutSubject, meta: { profile: [vitalSigns] } },
  required: { resourceType: 'Patient', gender: 'male' },
  unknownProfile: { ...heartRate, meta: { profile: ['http://example.org/unknown'] } },
  unknownExtension: { resourceType: 'Patient', extension: [{ url: 'http://example.org/e', valueString: 'x' }] },
  none: heartRate,
} satisfies Record<string, object>

const accepted: Readonly<Record<ValidationMode, readonly (keyof typeof faults)[]>> = {
  off: ['invariant', 'claim', 'required', 'unknownProfile', 'unknownExtension', 'none'],
  base: ['claim', 'required', 'unknownProfile', 'unknownExtension', 'none'],
  profiles: ['required', 'unknownProfile', 'unknownExtension', 'none'],
  strict: ['required', 'none'],
}

describe.each(validationModes)('VALIDATION=%s', (validation) => {
  let server: TestServer
  beforeAll(async () => {
    server = await testServer({ config: { validation } })
  })
  afterAll(() => server.close())

  test('refuses what it is to refuse, and stores the rest', async () => {
    const stored: string[] = []
    for (const [name, resource] of Object.entries(faults)) {
      const { status, text } = await server.fhir('POST', resource.resourceType, resource)
      expect([201, 400, 422], text).toContain(status)
      if (status === 201) stored.push(name)
    }
    expect(stored).toEqual(accepted[validation])
  })
})

describe('profiles', () => {
  let server: TestServer
  beforeAll(async () => {
    const required = { byType: new Map([['Observation', [vitalSigns]]]), packages: [] }
    const validationClients = new Map<string, ValidationMode>([['feed', 'off']])
    server = await testServer({ config: { requiredProfiles: required, validationClients } })
  })
  afterAll(() => server.close())

  test('may be required of every resource of a type', async () => {
    const { status, json } = await server.fhir('POST', 'Observation', withoutSubject)
    expect(status).toBe(422)
    expect(json['issue']).toMatchObject([
      {
        severity: 'error',
        expression: ['Observation.subject'],
        details: { coding: [{ code: 'missing-element' }, { system: vitalSigns, code: 'min' }] },
      },
    ])
    expect((await server.fhir('POST', 'Observation', heartRate)).status).toBe(201)
  })

  test('count for patches, transactions and conditional writes, too', async () => {
    await server.fhir('PUT', 'Observation/o', { ...heartRate, id: 'o' })
    const patch = [{ op: 'remove', path: '/subject' }]
    const headers = { 'content-type': 'application/json-patch+json' }
    const payload = JSON.stringify(patch)
    expect((await server.inject({ method: 'PATCH', url: '/fhir/Observation/o', headers, payload })).status).toBe(422)

    const entry = [{ resource: withoutSubject, request: { method: 'POST', url: 'Observation' } }]
    const refused = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(refused.status).toBe(422)
    expect(refused.json['issue']).toMatchObject([{ expression: ['Bundle.entry[0].resource.subject'] }])
    expect(refused.json['issue']).toMatchObject([{ location: [expect.stringMatching(/^line 1, column \d+$/)] }])
    expect((await server.fhir('PUT', 'Observation?_id=o', withoutSubject)).status).toBe(422)
  })

  test.each([
    ['feed', 201],
    ['other', 422],
  ])('count for a client unless it is exempt: %s is answered %i', async (client, status) => {
    const { config } = server.context
    const access = { ...openAccess, client }
    const process = await testServer({ config, context: { access }, databaseUrl: server.databaseUrl })
    expect((await process.fhir('POST', 'Observation', withoutSubject)).status).toBe(status)
    await process.close()
  })

  test('that are claimed and not known are told, where the outcome is wanted', async () => {
    const { json } = await server.inject({
      method: 'POST',
      url: '/fhir/Patient',
      headers: { 'content-type': 'application/fhir+json', prefer: 'return=OperationOutcome' },
      payload: JSON.stringify({ resourceType: 'Patient', meta: { profile: ['http://example.org/unknown'] } }),
    })
    expect(json['issue']).toMatchObject([
      { severity: 'warning', details: { coding: [{ code: 'unknown-profile' }, {}] } },
    ])
  })
})

describe('profiles that clients store', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await testServer()
  })
  afterAll(() => server.close())

  const url = 'http://example.org/fhir/StructureDefinition/named-patient'
  const profile = (min: number): JsonObject => ({
    resourceType: 'StructureDefinition',
    ...{ id: 'named-patient', url, name: 'NamedPatient', status: 'active', fhirVersion: '4.0.1', kind: 'resource' },
    ...{ abstract: false, type: 'Patient', derivation: 'constraint' },
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
    differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min }] },
  })
  const nameless = { resourceType: 'Patient', meta: { profile: [url] } }

  test('count from the moment that they are stored, changed and deleted', async () => {
    const answers: number[] = []
    const put = async () => answers.push((await server.fhir('POST', 'Patient', nameless)).status)
    await put()
    expect((await server.fhir('PUT', 'StructureDefinition/named-patient', profile(1))).status).toBe(201)
    await put()
    await server.fhir('PUT', 'StructureDefinition/named-patient', profile(0))
    await put()
    await server.fhir('PUT', 'StructureDefinition/named-patient', profile(1))
    await put()
    await server.fhir('DELETE', 'StructureDefinition/named-patient')
    await put()
    expect(answers).toEqual([201, 422, 201, 422, 201])
  })

  test('count for the transaction that brings them', async () => {
    const bring = (resources: readonly object[]) =>
      server.fhir('POST', '', {
        ...{ resourceType: 'Bundle', type: 'transaction' },
        entry: resources.map((resource) => ({ resource, request: { method: 'POST', url: typeOf(resource) } })),
      })
    const own = 'http://example.org/fhir/StructureDefinition/brought'
    const brought = { ...profile(1), url: own }
    const claiming = (more: object) => ({ resourceType: 'Patient', meta: { profile: [own] }, ...more })
    const refused = await bring([claiming({}), brought])
    expect(refused.status).toBe(422)
    expect(refused.json['issue']).toMatchObject([{ expression: ['Bundle.entry[0].resource.name'] }])
    // A malformed one is refused for its own faults, and counts for nothing.
    const malformed = await bring([{ ...brought, differential: 5 }, claiming({})])
    const places = (malformed.json['issue'] as JsonObject[]).flatMap((issue) => issue['expression'])
    expect(new Set(places)).toEqual(
      new Set(['differential', 'snapshot'].map((name) => `Bundle.entry[0].resource.${name}`)),
    )
    expect((await bring([claiming({ name: [{ family: 'Roe' }] }), brought])).status).toBe(200)
  })

  test('are told to be of no use where another one goes before them', async () => {
    const headers = { 'content-type': 'application/fhir+json', prefer: 'return=OperationOutcome' }
    const put = async (structure: JsonObject) => {
      const payload = JSON.stringify(structure)
      const path = `/fhir/StructureDefinition/${structure['id']}`
      const { status, json } = await server.inject({ method: 'PUT', url: path, headers, payload })
      expect([200, 201]).toContain(status)
      const issues = json['issue'] as { details: { text: string } }[]
      return issues.map(({ details }) => details.text).filter((text) => text.includes('is already defined by'))
    }
    const taken = 'which goes before this one: this one is not used. Give it another url or version.'
    const one = { ...profile(1), url: 'http://example.org/one', version: '1' }
    const patient = 'http://hl7.org/fhir/StructureDefinition/Patient'
    expect(await put({ ...one, id: 'one' })).toEqual([])
    expect(await put({ ...one, id: 'one' })).toEqual([])
    expect(await put({ ...one, id: 'two' })).toEqual([
      `http://example.org/one|1 is already defined by StructureDefinition/one, ${taken}`,
    ])
    expect(await put({ ...one, id: 'two', version: '2' })).toEqual([])
    expect(await put({ ...one, id: 'Patient', url: patient, version: '4.0.1' })).toEqual([
      `${patient}|4.0.1 is already defined by R4 itself, ${taken}`,
    ])
    const { version: _version, ...unversioned } = one
    expect(await put({ ...unversioned, id: 'Patient', url: patient })).toEqual([
      `${patient} is already defined by R4 itself, ${taken}`,
    ])
  })

  test('and self-contradictory ones are refused, with the element and what to change', async () => {
    const element = [{ id: 'Patient.nme', path: 'Patient.nme', min: 1 }]
    const { status, json } = await server.fhir('POST', 'StructureDefinition', {
      ...profile(1),
      differential: { element },
    })
    expect(status).toBe(422)
    expect(json['issue']).toMatchObject([
      {
        severity: 'error',
        expression: ['StructureDefinition.differential.element[0]'],
        details: { text: 'Patient.nme: its base has no such element: correct its path.' },
      },
    ])
  })

  test('follow the value sets that they bind to', async () => {
    const system = 'http://example.org/moods'
    const valueSet = 'http://example.org/moods-in-use'
    const binding = { strength: 'required', valueSet }
    const bound = {
      ...profile(0),
      ...{ id: 'mood', url: 'http://example.org/StructureDefinition/mood', name: 'Mood', type: 'Observation' },
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Observation',
      differential: { element: [{ id: 'Observation.code', path: 'Observation.code', binding }] },
    }
    const concept = ['glad', 'sad'].map((code) => ({ code }))
    await server.fhir('POST', 'CodeSystem', {
      ...{ resourceType: 'CodeSystem', url: system, status: 'active', content: 'complete', caseSensitive: true },
      concept,
    })
    const choose = (code: string) =>
      server.fhir('PUT', 'ValueSet/moods', {
        ...{ resourceType: 'ValueSet', id: 'moods', url: valueSet, status: 'active' },
        compose: { include: [{ system, concept: [{ code }] }] },
      })
    await choose('glad')
    expect((await server.fhir('PUT', 'StructureDefinition/mood', bound)).status).toBe(201)
    const store = async (code: string) =>
      (
        await server.fhir('POST', 'Observation', {
          ...{ resourceType: 'Observation', meta: { profile: [bound.url] }, status: 'final' },
          code: { coding: [{ system, code }] },
        })
      ).status
    // Only once nothing was written for a while are answers taken from memory.
    await new Promise((done) => setTimeout(done, remembered + 100))
    for (let i = 0; i < 3; i++) expect([await store('glad'), await store('sad')]).toEqual([201, 422])
    await choose('sad')
    expect([await store('glad'), await store('sad')]).toEqual([422, 201])
  }, 20_000)

  const ruled = (name: string, expression: string): JsonObject => ({
    ...profile(0),
    ...{ id: name, url: `http://example.org/StructureDefinition/${name}`, name },
    differential: {
      element: [
        {
          ...{ id: 'Patient', path: 'Patient' },
          constraint: [{ key: 'rule-1', severity: 'error', human: 'A rule.', expression }],
        },
      ],
    },
  })
  const storeRuled = async (rule: JsonObject, patient: JsonObject) => {
    await server.fhir('PUT', `StructureDefinition/${rule['id']}`, rule)
    const resource = { resourceType: 'Patient', meta: { profile: [rule['url']!] }, ...patient }
    return (await server.fhir('POST', 'Patient', resource)).status
  }

  test.each([
    ['birthDate <= today()', 201],
    ['birthDate > today()', 422],
    ['now() > @2020-01-01T00:00:00Z', 201],
    ['timeOfDay() >= @T00:00:00', 201],
  ])('know the present: %s', async (expression, status) => {
    expect(await storeRuled(ruled('present', expression), { birthDate: '1990-01-01' })).toBe(status)
  })

  test('ask for what their rules and slices need of value sets that clients stored', async () => {
    const system = 'http://example.org/kinds'
    const kinds = 'http://example.org/kinds-in-use'
    await server.fhir('PUT', 'CodeSystem/kinds', {
      ...{ resourceType: 'CodeSystem', id: 'kinds', url: system, status: 'active', content: 'complete' },
      ...{ caseSensitive: true, concept: [{ code: 'good' }, { code: 'bad' }] },
    })
    await server.fhir('PUT', 'ValueSet/kinds', {
      ...{ resourceType: 'ValueSet', id: 'kinds', url: kinds, status: 'active' },
      compose: { include: [{ system, concept: [{ code: 'good' }] }] },
    })
    const rule = ruled('member', `maritalStatus.memberOf('${kinds}')`)
    const patient = (code: string) => ({ maritalStatus: { coding: [{ system, code }] } })
    expect([await storeRuled(rule, patient('good')), await storeRuled(rule, patient('bad'))]).toEqual([201, 422])
  })
})

describe('responses', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await testServer()
  })
  afterAll(() => server.close())

  const canonical = 'http://example.org/Questionnaire/smoking'
  const questionnaire = (version: string, required: boolean): JsonObject => ({
    ...{ resourceType: 'Questionnaire', url: canonical, version, status: 'active' },
    item: [{ linkId: 'packs', text: 'Packs a day', type: 'integer', required }],
  })
  const answer = (value: object, of = canonical) =>
    server.fhir('POST', 'QuestionnaireResponse', {
      ...{ resourceType: 'QuestionnaireResponse', questionnaire: of, status: 'completed' },
      ...('linkId' in value && { item: [value as JsonObject] }),
    })
  const right = { linkId: 'packs', answer: [{ valueInteger: 1 }] }

  test('are checked by the questionnaire that a client stored', async () => {
    expect((await answer(right)).status).toBe(201)
    expect((await server.fhir('POST', 'Questionnaire', questionnaire('1', false))).status).toBe(201)
    const statuses: number[] = []
    const wrong = { linkId: 'packs', answer: [{ valueString: 'one' }] }
    for (const value of [right, wrong, { linkId: 'cigars' }, {}]) statuses.push((await answer(value)).status)
    expect(statuses).toEqual([201, 422, 422, 201])
  })

  test('are checked by the version that they name, or else the newest', async () => {
    await server.fhir('POST', 'Questionnaire', questionnaire('2', true))
    expect([(await answer({})).status, (await answer({}, `${canonical}|1`)).status]).toEqual([422, 201])
  })

  test('are checked in Bundles, too', async () => {
    const resource = { resourceType: 'QuestionnaireResponse', questionnaire: canonical, status: 'completed' }
    const entry = [{ resource, request: { method: 'POST', url: 'QuestionnaireResponse' } }]
    const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect([reply.status, JSON.stringify(reply.json)]).toEqual([422, expect.stringContaining('packs')])
  })
})
