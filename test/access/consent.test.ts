/** What consents withhold from whom, as requests meet it. https://hl7.org/fhir/R4/consent.html */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { callerWith, type Granted, granted, staffAccount } from '../support/granted.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let doctor: Granted
let service: Granted

const loinc = 'http://loinc.org'
const consentAction = 'http://terminology.hl7.org/CodeSystem/consentaction'
const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'
const code = (system: string, value: string) => [{ coding: [{ system, code: value }] }]
const resourceType = (value: string) => ({ system: 'http://hl7.org/fhir/resource-types', code: value })
const actor = (reference: object) => [{ role: { text: 'x' }, reference }]
const named = (reference: string) => actor({ reference })
const ofAnna = { subject: { reference: 'Patient/anna' } }

const stored: readonly JsonObject[] = [
  { resourceType: 'Patient', id: 'anna' },
  { resourceType: 'Practitioner', id: 'a' },
  { resourceType: 'Organization', id: 'hospital' },
  { resourceType: 'Organization', id: 'ward', partOf: { reference: 'Organization/hospital' } },
  {
    ...{ resourceType: 'PractitionerRole', id: 'role-a', practitioner: { reference: 'Practitioner/a' } },
    organization: { reference: 'Organization/ward' },
  },
  {
    ...{ resourceType: 'CareTeam', id: 'team', status: 'active' },
    participant: [{ member: { reference: 'PractitionerRole/role-a' } }],
  },
  { resourceType: 'CareTeam', id: 'others', participant: [{ member: { reference: 'Practitioner/b' } }] },
  {
    resourceType: 'Observation',
    id: 'one',
    status: 'final',
    code: { coding: [{ system: loinc, code: '1' }] },
    ...ofAnna,
  },
  {
    ...{ resourceType: 'Observation', id: 'part', status: 'final', code: { text: 'panel' }, ...ofAnna },
    component: [{ code: { coding: [{ system: loinc, code: '1' }] }, valueString: 'x' }],
  },
  ...['medicationReference', 'medicationCodeableConcept'].map((name) => ({
    ...{ resourceType: 'MedicationRequest', id: name, status: 'active', intent: 'order', ...ofAnna },
    [name]: name === 'medicationReference' ? { reference: 'Medication/m' } : { text: 'x' },
  })),
  { resourceType: 'Task', id: 'task', status: 'requested', intent: 'order', for: { reference: 'Patient/anna' } },
]

beforeAll(async () => {
  server = await testServer({ config: { validation: 'off' } })
  for (const resource of stored) await put(resource)
  doctor = granted(
    server,
    callerWith('user/*.cruds', { account: staffAccount('practitioner', 'Practitioner/a'), client: 'ehr' }),
  )
  service = granted(server, callerWith('system/*.cruds', { client: 'feed' }))
})
afterAll(async () => {
  await doctor.close()
  await service.close()
  await server.close()
})

async function put(resource: JsonObject): Promise<void> {
  const { status, text } = await server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
  expect([200, 201], text).toContain(status)
}

const consent = {
  ...{ resourceType: 'Consent', id: 'x', patient: { reference: 'Patient/anna' } },
  ...{ scope: { text: 'privacy' }, category: [{ text: 'privacy' }] },
}

/** Puts a consent of Anna in force. */
function inForce(provision: object | undefined, more: object = {}): Promise<void> {
  return put({ ...consent, status: 'active', ...(provision && { provision }), ...more } as JsonObject)
}

async function sees(caller: Granted, reference = 'Observation/one'): Promise<boolean> {
  const { status, text } = await caller.fhir('GET', reference)
  expect([200, 404], text).toContain(status)
  return status === 200
}

const optOut = {
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] },
}
const scope = (value: string) => ({
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: value }] },
})

describe('an actor is denied', () => {
  test.each([
    ['by an absolute URL', named('http://localhost:8080/fhir/Practitioner/a'), true],
    ['by a version', named('Practitioner/a/_history/1'), true],
    ['as one in a role', named('PractitionerRole/role-a'), true],
    ['by the organization', named('Organization/ward'), true],
    ['by a version of the organization', named('Organization/ward/_history/1'), true],
    ['by the organization that theirs is part of', named('Organization/hospital'), true],
    ['as a member of a care team', named('CareTeam/team'), true],
    ['by an identifier that nobody can look up', actor({ identifier: { system: 'urn:npi', value: '1' } }), true],
    ['by a name alone', actor({ display: 'Dr. A' }), true],
    ['as one of a group', named('Group/staff'), true],
    ['but not as somebody else', named('Practitioner/b'), false],
    ['nor as the member of another team', named('CareTeam/others'), false],
    ['nor as another program', actor({ identifier: { value: 'other' } }), false],
    ['nor as somebody of another server', named('http://elsewhere.example/fhir/Practitioner/a'), false],
  ])('%s', async (_how, who, isDenied) => {
    const text = JSON.stringify({ type: 'deny', actor: who }).replaceAll(
      'http://localhost:8080/fhir',
      server.context.base,
    )
    await inForce(JSON.parse(text))
    expect(await sees(doctor)).toBe(!isDenied)
  })
})

describe('what is denied', () => {
  test.each<[string, object, boolean]>([
    ['by a purpose without a code', { purpose: [{ display: 'any' }] }, true],
    ['for every purpose', { purpose: [{ system: actReason, code: 'PurposeOfUse' }] }, true],
    ['for a purpose of another system', { purpose: [{ system: 'urn:x', code: 'care' }] }, true],
    ['for research', { purpose: [{ system: actReason, code: 'HRESCH' }] }, false],
    ['by an action in words', { action: [{ text: 'look at' }] }, true],
    ['by an action of another system', { action: code('urn:x', 'look') }, true],
    ['by an action that is none of reading', { action: code(consentAction, 'collect') }, false],
    ['by data that are named by an identifier', { data: [{ meaning: 'instance', reference: { display: 'x' } }] }, true],
    ['by data that are others', { data: [{ meaning: 'instance', reference: { reference: 'Observation/2' } }] }, false],
    ['by a class without a code', { class: [{ display: 'all' }] }, true],
    ['by a code in words', { code: [{ text: 'glucose' }] }, true],
    ['by a code without its system', { code: [{ coding: [{ code: '1' }] }] }, true],
    ['by another code', { code: code(loinc, '2') }, false],
  ])('%s', async (_how, provision, isDenied) => {
    await inForce({ type: 'deny', ...provision })
    expect(await sees(doctor)).toBe(!isDenied)
  })

  test('by a code is so wherever the code is found', async () => {
    await inForce({ type: 'deny', code: code(loinc, '1') })
    expect(await sees(doctor, 'Observation/part')).toBe(false)
  })

  test('is denied in what R4 leaves out of the compartment', async () => {
    await inForce({ type: 'deny' })
    expect(await sees(doctor, 'Task/task')).toBe(false)
    expect(await sees(service, 'Task/task')).toBe(false)
  })
})

describe('an exception from a denial of everything', () => {
  test.each<[string, object, boolean]>([
    ['of a class', { type: 'permit', class: [resourceType('Observation')] }, true],
    ['of nothing that it says to be permitted', { class: [resourceType('Observation')] }, false],
    ['for an action in words', { type: 'permit', action: [{ text: 'look at' }] }, false],
    ['for a purpose without a code', { type: 'permit', purpose: [{ display: 'care' }] }, false],
    ['of a code in words', { type: 'permit', code: [{ text: 'glucose' }] }, false],
    ['of a class without a code', { type: 'permit', class: [{ display: 'all' }] }, false],
    ['of a label without a code', { type: 'permit', securityLabel: [{ display: 'normal' }] }, false],
    ['for an actor by a name alone', { type: 'permit', actor: actor({ display: 'Dr. A' }) }, false],
    ['for an actor whom it says to be somebody', { type: 'permit', actor: named('Practitioner/a') }, true],
  ])('%s', async (_what, exception, isSeen) => {
    await inForce({ type: 'deny', provision: [exception] })
    expect(await sees(doctor)).toBe(isSeen)
  })
})

describe('a policy of opting out', () => {
  test.each<[string, object | undefined, object, boolean]>([
    ['denies without a provision', undefined, scope('patient-privacy'), false],
    ['denies what no rule permits', { provision: [{ type: 'permit', actor: named('Practitioner/b') }] }, {}, false],
    ['allows what a rule permits', { provision: [{ type: 'permit', actor: named('Practitioner/a') }] }, {}, true],
    ['denies what the root does not permit', { type: 'permit', actor: named('Practitioner/b') }, {}, false],
    ['allows what the root permits', { type: 'permit', actor: named('Practitioner/a') }, {}, true],
    ['of research closes no record', undefined, scope('research'), true],
  ])('%s', async (_what, provision, more, isSeen) => {
    await inForce(provision, { ...optOut, ...more })
    expect(await sees(doctor)).toBe(isSeen)
  })
})

describe('who may not read', () => {
  test.each([
    ['patch', 'PATCH', 'Observation/one', [{ op: 'add', path: '/language', value: 'en' }]],
    ['update', 'PUT', 'Observation/one', { ...stored.find(({ id }) => id === 'one') }],
    ['take back the consent', 'PUT', 'Consent/x', { ...consent, status: 'inactive' }],
    ['delete', 'DELETE', 'Task/task', undefined],
  ] as const)('cannot %s', async (_what, method, place, body) => {
    await inForce({ type: 'deny', action: code(consentAction, 'access') })
    const headers = { 'content-type': method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json' }
    const { status, text } = await doctor.fhir(method, place, body, headers)
    expect([403, 404], text).toContain(status)
    expect(text).not.toContain('"subject"')
  })

  test('is not helped by a permission to read when it comes to changes', async () => {
    const exception = { type: 'permit', action: code(consentAction, 'access') }
    await inForce({ type: 'deny', provision: [exception] })
    expect(await sees(doctor)).toBe(true)
    const one = stored.find(({ id }) => id === 'one')!
    expect((await doctor.fhir('PUT', 'Observation/one', one)).status).toBe(403)
  })
})

describe('a medication that is named by reference', () => {
  const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm'

  test.each([
    ['is denied with a code that may be its', rxnorm, 'medicationReference', false],
    ['is not with a code that names no medication', loinc, 'medicationReference', true],
    ['is denied by itself alone', rxnorm, 'medicationCodeableConcept', true],
  ])('%s', async (_how, system, id, isSeen) => {
    await inForce({ type: 'deny', code: code(system, '1') })
    expect(await sees(doctor, `MedicationRequest/${id}`)).toBe(isSeen)
  })

  test('is not permitted by a code', async () => {
    await inForce({ type: 'deny', provision: [{ type: 'permit', code: code(rxnorm, '1') }] })
    expect(await sees(doctor, 'MedicationRequest/medicationReference')).toBe(false)
  })
})
