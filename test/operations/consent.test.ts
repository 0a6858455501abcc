/** A consent is rehearsed before it is stored, and what is withheld is explained afterwards. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let anna: Granted
const open: Granted[] = []

const mental = { coding: [{ system: 'http://loinc.org', code: '44249-1' }], text: 'Depression questionnaire' }
const pulse = { coding: [{ system: 'http://loinc.org', code: '8867-4', display: 'Heart rate' }] }

function observation(id: string, patient: string, code: object) {
  return { resourceType: 'Observation', id, status: 'final', code, subject: { reference: `Patient/${patient}` } }
}

function denial(actor: string, more: object = {}): JsonObject {
  return {
    resourceType: 'Consent',
    status: 'proposed',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    policyRule: { text: 'Practice policy' },
    patient: { reference: 'Patient/anna' },
    provision: {
      type: 'deny',
      actor: [{ role: { coding: [{ code: 'PRCP' }] }, reference: { reference: actor } }],
      code: [{ coding: [{ system: 'http://loinc.org', code: '44249-1' }] }],
    },
    ...more,
  } as JsonObject
}

beforeAll(async () => {
  server = await testServer({ config: { validation: 'off' } })
  for (const [id, family] of [
    ['anna', 'Abt'],
    ['ben', 'Berg'],
  ]) {
    await put({ resourceType: 'Patient', id, name: [{ family }] })
  }
  for (const id of ['a', 'b']) await put({ resourceType: 'Practitioner', id })
  await put({ resourceType: 'Organization', id: 'clinic' })
  await put({
    ...{ resourceType: 'PractitionerRole', id: 'role-b', practitioner: { reference: 'Practitioner/b' } },
    organization: { reference: 'Organization/clinic' },
  })
  await put(observation('m1', 'anna', mental))
  await put(observation('m2', 'anna', mental))
  await put(observation('p1', 'anna', pulse))
  await put({
    ...observation('v1', 'anna', pulse),
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }] },
  })
  await put(observation('of-ben', 'ben', mental))
  anna = person('patient/*.cruds launch/patient', { account: patientAccount('anna'), patient: 'anna' })
})
afterAll(async () => {
  for (const one of open) await one.close()
  await server.close()
})

function person(...given: Parameters<typeof callerWith>): Granted {
  const made = granted(server, callerWith(...given))
  open.push(made)
  return made
}

async function put(resource: JsonObject | object): Promise<void> {
  const { resourceType, id } = resource as { resourceType: string; id: string }
  expect([200, 201]).toContain((await server.fhir('PUT', `${resourceType}/${id}`, resource)).status)
}

function rehearse(caller: Granted, consent: JsonObject, ...more: readonly object[]): Promise<TestReply> {
  const parameter = [{ name: 'consent', resource: consent }, ...more]
  return caller.fhir('POST', 'Consent/$rehearse', { resourceType: 'Parameters', parameter })
}

const recipient = (reference: string) => ({ name: 'recipient', valueReference: { reference } })

/** `Observation: 2 of 3, without Observation/m1` */
function told({ json }: TestReply): string[] {
  type Part = {
    name: string
    part?: { name: string; valueCode?: string; valueInteger?: number; valueReference?: { reference: string } }[]
  }
  return ((json['parameter'] ?? []) as unknown as Part[])
    .filter(({ name }) => name === 'type')
    .filter(({ part }) => part?.[0]?.valueCode !== 'Consent')
    .map(({ part = [] }) => {
      const value = (name: string) => part.find((one) => one.name === name)
      const without = part
        .filter(({ name }) => name === 'example')
        .map(({ valueReference }) => valueReference!.reference)
        .sort()
      const facts = `${value('code')!.valueCode}: ${value('received')!.valueInteger}, not ${value('withheld')!.valueInteger}`
      return without.length === 0 ? facts : `${facts} (${without.join(' ')})`
    })
}

describe('a patient rehearses a consent', () => {
  test('and learns what somebody would no longer receive', async () => {
    const reply = await rehearse(anna, denial('Practitioner/a'), recipient('Practitioner/a'))
    expect(reply.status).toBe(200)
    // What is very restricted no practitioner would receive in any case.
    expect(told(reply)).toEqual(['Observation: 1, not 2 (Observation/m1 Observation/m2)', 'Patient: 1, not 0'])
    expect(reply.text).toContain('Depression questionnaire')
    expect(reply.text).not.toContain('of-ben')
  })

  test.each([
    ['somebody else', recipient('Practitioner/b'), ['Observation: 3, not 0', 'Patient: 1, not 0']],
    ['all of an organization', recipient('Organization/clinic'), ['Observation: 3, not 0', 'Patient: 1, not 0']],
  ])('which says nothing of %s', async (_name, whom, expected) => {
    expect(told(await rehearse(anna, denial('Practitioner/a'), whom))).toEqual(expected)
  })

  test('of an organization, of one who works there, and of a program', async () => {
    const whole = denial('Organization/clinic', { provision: { type: 'deny', actor: actorOf('Organization/clinic') } })
    expect(told(await rehearse(anna, whole, recipient('Organization/clinic')))).toEqual([
      'Observation: 0, not 3 (Observation/m1 Observation/m2 Observation/p1)',
      'Patient: 0, not 1 (Patient/anna)',
    ])
    const oneOfThem = await rehearse(anna, whole, recipient('Practitioner/b'))
    expect(told(oneOfThem)[0]).toMatch(/^Observation: 0, not 3/)
    const feed = { type: 'deny', actor: [{ role: {}, reference: { identifier: { value: 'feed' } } }] }
    const program = { name: 'client', valueString: 'feed' }
    expect(told(await rehearse(anna, denial('', { provision: feed }), program))[0]).toMatch(/^Observation: 0, not 4/)
  })

  test('and nothing is stored', async () => {
    await rehearse(anna, denial('Practitioner/a', { id: 'x' }), recipient('Practitioner/a'))
    expect((await server.fhir('GET', 'Consent/x')).status).toBe(404)
  })
})

function actorOf(reference: string) {
  return [{ role: { coding: [{ code: 'PRCP' }] }, reference: { reference } }]
}

test('one that is stored is rehearsed in the place of itself', async () => {
  await put({ ...denial('Practitioner/a'), id: 'stored', status: 'active' })
  const lifted = denial('Practitioner/b', { id: 'stored' })
  expect(told(await rehearse(anna, lifted, recipient('Practitioner/a')))[0]).toBe('Observation: 3, not 0')
  expect(told(await rehearse(anna, denial('Practitioner/a'), recipient('Practitioner/a')))[0]).toBe(
    'Observation: 1, not 0',
  )
  await server.fhir('DELETE', 'Consent/stored')
})

describe('what is withheld is explained', () => {
  beforeAll(() => put({ ...denial('Practitioner/a'), id: 'denial', status: 'active' }))
  afterAll(() => server.fhir('DELETE', 'Consent/denial'))

  const ask = (caller: Granted, place: string, who = 'Practitioner/a') =>
    caller.fhir('POST', `${place}/$consent-explain`, { resourceType: 'Parameters', parameter: [recipient(who)] })
  const reasons = ({ json }: TestReply) =>
    ((json['parameter'] ?? []) as { name: string; valueString?: string; valueReference?: { reference: string } }[])
      .filter(({ name }) => name === 'withheldBy')
      .map(({ valueString, valueReference }) => valueString ?? valueReference?.reference)

  test('to the patient, by the names of consents and by labels', async () => {
    expect(reasons(await ask(anna, 'Observation/m1'))).toEqual(['Consent/denial'])
    expect(reasons(await ask(anna, 'Observation/v1'))).toEqual(['security labels'])
    expect(reasons(await ask(anna, 'Observation/p1'))).toEqual([])
    expect((await ask(anna, 'Observation/p1')).json['parameter']).toEqual([{ name: 'received', valueBoolean: true }])
    expect(reasons(await ask(anna, 'Observation/m1', 'Practitioner/b'))).toEqual([])
  })

  test('of the whole record', async () => {
    const reply = await ask(anna, 'Patient/anna')
    expect(told(reply)).toEqual(['Observation: 1, not 2 (Observation/m1 Observation/m2)', 'Patient: 1, not 0'])
  })

  test('to staff who may be told, and counting what they see alone', async () => {
    const b = person('user/*.rs', { account: staffAccount('practitioner', 'Practitioner/b') })
    expect(reasons(await ask(b, 'Observation/m1'))).toEqual(['Consent/denial'])
    const a = person('user/*.rs', { account: staffAccount('practitioner', 'Practitioner/a') })
    expect((await ask(a, 'Observation/m1')).status).toBe(404)
    expect(told(await ask(a, 'Patient/anna'))).toEqual(['Observation: 1, not 0', 'Patient: 1, not 0'])
  })
})

describe('it is refused', () => {
  const denied = () => denial('Practitioner/a')
  test('about the record of somebody else', async () => {
    const ben = person('patient/*.cruds launch/patient', { account: patientAccount('ben'), patient: 'ben' })
    expect((await rehearse(ben, denied(), recipient('Practitioner/a'))).status).toBe(404)
    const reply = await ben.fhir('GET', 'Observation/m1/$consent-explain?client=x')
    expect(reply.status).toBe(404)
  })

  test('to staff to whom nothing is explained', async () => {
    const desk = person('user/*.cruds', { account: staffAccount('biller', 'Practitioner/b') })
    expect((await desk.fhir('GET', 'Patient/anna/$consent-explain?client=x')).status).toBe(403)
  })

  test('to a backend service', async () => {
    const feed = person('system/*.cruds')
    expect((await feed.fhir('GET', 'Patient/anna/$consent-explain?client=x')).status).toBe(403)
  })

  test.each<[string, object[]]>([
    ['without a recipient', []],
    ['with two', [recipient('Practitioner/a'), { name: 'client', valueString: 'x' }]],
    ['with a patient', [recipient('Patient/ben')]],
    ['with a role that is none', [recipient('Practitioner/a'), { name: 'role', valueCode: 'king' }]],
    ['with the role of patients', [recipient('Practitioner/a'), { name: 'role', valueCode: 'patient' }]],
    ['with a parameter that is none', [recipient('Practitioner/a'), { name: 'who', valueString: 'x' }]],
  ])('%s', async (_name, more) => {
    expect((await rehearse(anna, denied(), ...more)).status).toBe(400)
  })

  test.each<[string, JsonObject, number]>([
    ['of another resource', { resourceType: 'Patient' }, 400],
    ['of no patient', denial('Practitioner/a', { patient: undefined }), 400],
    ['of a patient who is not here', denial('Practitioner/a', { patient: { reference: 'Patient/nobody' } }), 404],
  ])('%s', async (_name, consent, status) => {
    expect((await rehearse(anna, consent, recipient('Practitioner/a'))).status).toBe(status)
  })
})
