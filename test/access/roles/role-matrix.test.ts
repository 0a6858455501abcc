/** Each role × each type × each way to a resource, on a server that runs, held against `role-matrix.ts`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { oracleResources } from '../../oracle/resources.ts'
import { patientReferences, withPatient, withReference } from '../../reliability/non-interference/population.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../../support/granted.ts'
import { type TestReply, type TestServer, testServer } from '../../support/test-server.ts'
import { allowedTo, commonTypes, hiddenFrom, namedTypes, patientAllowed, type StaffRole, staff } from './role-matrix.ts'

let server: TestServer
let types: readonly string[]
let models: ReadonlyMap<string, JsonObject>

/** What R4 leaves out of the compartment, though it is a patient's. */
const furtherMembers = new Set(['Binary', 'Contract', 'Device', 'GuidanceResponse', 'Task'])

/** Resources that are messages, and none that is stored in a chart. */
const unstored = new Set(['Parameters', 'OperationOutcome'])

beforeAll(async () => {
  server = await testServer({ config: { validation: 'off' } })
  const { definitions } = server.context
  const invented = oracleResources({ definitions, invented: 1, seed: 7 }) as unknown as readonly JsonObject[]
  models = new Map(invented.map((one) => [String(one['resourceType']), one]))
  types = server.context.definitions.resourceTypes.filter((type) => !unstored.has(type))
  await store([resource('Patient', 'own', 'own'), resource('Patient', 'stranger', 'stranger')])
  await store(staff.map((role) => ({ resourceType: 'Practitioner', id: role })))
  for (const owner of ['own', 'stranger']) {
    const all = types.filter((type) => type !== 'Patient').map((type) => resource(type, owner, owner))
    await store(all)
  }
  for (const role of staff) {
    await store(types.flatMap((type) => [pointing(role, type, 'stranger'), ...theirsToStore(role, type)]))
  }
}, 120_000)
afterAll(() => server.close())

async function store(resources: readonly JsonObject[]): Promise<void> {
  const entry = resources.map((one) => ({
    resource: one,
    request: { method: 'PUT', url: `${one['resourceType']}/${one['id']}` },
  }))
  const reply = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(reply.status, reply.text.slice(-700)).toBe(200)
}

/** Elements that are made up without what they must contain. */
const incomplete: Readonly<Record<string, readonly string[]>> = {
  ConceptMap: ['group'],
  TestReport: ['test'],
  TestScript: ['test'],
}

/** Belong to a patient by what is inside an element. */
const inside = new Set(['Appointment', 'AuditEvent'])

/** One that is valid, with every reference that leads to a patient, or could on its first level, leading to this one. */
function resource(type: string, id: string, patient: string): JsonObject {
  const model = without(models.get(type)!, 'meta', 'contained', ...(incomplete[type] ?? []))
  const places = type === 'Patient' ? [] : patientReferences(type, server.context.definitions)
  const own = withPatient({ ...model, id }, patient) as JsonObject
  return (
    places
      // An element that is a reference or something else may be that already.
      .filter(({ steps }) => steps.length <= (inside.has(type) ? 2 : 1) && !steps[0]!.name.endsWith('Reference'))
      .reduce((made, { steps }) => withReference(made, steps, `Patient/${patient}`) as JsonObject, own)
  )
}

/** A task of a person that leads to a resource. */
function pointing(role: StaffRole, type: string, id: string): JsonObject {
  return {
    ...{ resourceType: 'Task', id: `${role}-${type}`, status: 'requested', intent: 'order' },
    owner: { reference: `Practitioner/${role}` },
    focus: { reference: `${type}/${id}` },
  }
}

/** What makes a resource theirs. */
const theirs: Readonly<Record<string, (role: StaffRole) => object>> = {
  Task: (role) => ({ owner: { reference: `Practitioner/${role}` } }),
  Communication: () => ({
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/communication-category', code: 'notification' }] },
    ],
  }),
  Observation: () => ({
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
    ],
  }),
}

function theirsToStore(role: StaffRole, type: string): JsonObject[] {
  return theirs[type] ? [{ ...resource(type, `of-${role}`, 'stranger'), ...theirs[type](role) } as JsonObject] : []
}

interface Case {
  readonly caller: Granted
  readonly type: string
  readonly id: string
  /** Of a task of the caller that leads to it. */
  readonly task?: string
  readonly body: JsonObject
}

const json = { accept: 'application/fhir+json' }
const found = (text: string, { type, id }: Case) => text.includes(`/fhir/${type}/${id}"`)

/** What each way answers: whether the resource is there. */
const ways: Readonly<Record<string, (one: Case) => Promise<boolean>>> = {
  'r read': async ({ caller, type, id }) => (await caller.fhir('GET', `${type}/${id}`, undefined, json)).status === 200,
  'r vread': async ({ caller, type, id }) =>
    (await caller.fhir('GET', `${type}/${id}/_history/1`, undefined, json)).status === 200,
  'r history': async ({ caller, type, id }) => (await caller.fhir('GET', `${type}/${id}/_history`)).status === 200,
  'r graphql': async ({ caller, type, id }) => {
    const query = encodeURIComponent(`{ ${type}(id: "${id}") { id } }`)
    const { json: reply } = await caller.fhir('GET', `$graphql?query=${query}`)
    return JSON.stringify(reply['data'] ?? null).includes(`"${id}"`)
  },
  's search': async (one) => found((await one.caller.fhir('GET', `${one.type}?_id=${one.id}`)).text, one),
  's total': async ({ caller, type, id }) =>
    (await caller.fhir('GET', `${type}?_id=${id}&_summary=count`)).json['total'] === 1,
  's _has': async (one) => {
    if (one.task === undefined) return found((await one.caller.fhir('GET', `${one.type}?_id=${one.id}`)).text, one)
    return found((await one.caller.fhir('GET', `${one.type}?_has:Task:focus:_id=${one.task}`)).text, one)
  },
}

/** These need one of two: a resource that may be read or found is told beside others. */
const besideWays: Readonly<Record<string, (one: Case) => Promise<boolean>>> = {
  _include: async (one) => found((await one.caller.fhir('GET', `Task?_id=${one.task}&_include=Task:focus`)).text, one),
  chain: async ({ caller, type, id, task }) =>
    (await caller.fhir('GET', `Task?_id=${task}&focus:${type}._id=${id}`)).text.includes(`/fhir/Task/${task}"`),
}

/** In this order: what is made is changed, and removed at last. */
const changes: Readonly<Record<string, (one: Case) => Promise<boolean>>> = {
  'c create': async ({ caller, type, body }) => isLetThrough(await caller.fhir('POST', type, without(body, 'id'))),
  'u update': async ({ caller, type, id, body }) => {
    return isLetThrough(await caller.fhir('PUT', `${type}/${id}`, { ...body, language: 'en' }))
  },
  'd delete': async ({ caller, type, id }) => {
    const { status } = await caller.fhir('DELETE', `${type}/${id}`)
    return status === 204 && (await server.fhir('GET', `${type}/${id}`, undefined, json)).status === 410
  },
}

/** Refused for what it is, at most, and not for who sends it. */
function isLetThrough({ status, text }: TestReply): boolean {
  expect([200, 201, 403, 404, 405, 422], text).toContain(status)
  return [200, 201, 422].includes(status)
}

function without(body: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([key]) => !names.includes(key)))
}

/** Tells each difference; deletes what it is given, which is stored again. */
async function differences(one: Case, letters: string): Promise<string[]> {
  const wrong: string[] = []
  const compare = (way: string, expected: boolean, actual: boolean) => {
    if (expected !== actual) wrong.push(`${one.type}/${one.id} ${way}: ${actual ? 'allowed' : 'refused'}`)
  }
  for (const [way, ask] of Object.entries(ways)) compare(way, letters.includes(way[0]!), await ask(one))
  if (one.task !== undefined) {
    for (const [way, ask] of Object.entries(besideWays)) compare(way, /[rs]/.test(letters), await ask(one))
  }
  for (const [way, ask] of Object.entries(changes)) {
    const expected = one.type === 'AuditEvent' ? false : letters.includes(way[0]!)
    compare(way, expected, await ask(one))
  }
  if (letters.includes('d')) await store([one.body])
  return wrong
}

test('every type is named, and none besides', () => {
  expect(types.filter((type) => !namedTypes.has(type)).filter((type) => type !== 'SubscriptionStatus')).toEqual([])
})

describe.each(staff)('%s', (role) => {
  test('may do what such a person does, and nothing else', { timeout: 120_000 }, async () => {
    const caller = granted(
      server,
      callerWith('user/*.cruds openid fhirUser', { account: staffAccount(role, `Practitioner/${role}`) }),
    )
    const wrong: string[] = []
    for (const type of types) {
      const { any, theirs: more } = allowedTo(role, type)
      const hidden = hiddenFrom(role, type)
      const body = without(resource(type, 'stranger', 'stranger'), ...hidden)
      const task = `${role}-${type}`
      if (type !== 'Practitioner') wrong.push(...(await differences({ caller, type, id: 'stranger', task, body }, any)))
      const shown = (await caller.fhir('GET', `${type}/stranger`, undefined, json)).json
      wrong.push(...hidden.filter((name) => shown[name] !== undefined).map((name) => `${type}.${name} is shown`))
      const own = type === 'Practitioner' ? { resourceType: type, id: role } : theirsToStore(role, type)[0]
      if (own) wrong.push(...(await differences({ caller, type, id: String(own.id), body: own as JsonObject }, more)))
    }
    await caller.close()
    expect(wrong).toEqual([])
  })
})

describe('patient', () => {
  test('may do what patients do with their record, and nothing with that of others', { timeout: 120_000 }, async () => {
    const caller = granted(server, callerWith('user/*.cruds', { account: patientAccount('own') }))
    const wrong: string[] = []
    for (const type of types) {
      const tells = type === 'Patient' || JSON.stringify(resource(type, 'own', 'own')).includes('"Patient/')
      const isCommon = commonTypes.has(type) && !tells
      const isOfPatients =
        type === 'Patient' || server.context.definitions.compartments['Patient']?.[type] !== undefined
      const own = isOfPatients || furtherMembers.has(type) ? patientAllowed(type) : isCommon ? 'rs' : ''
      const case_ = (id: string): Case => ({ caller, type, id, body: resource(type, id, id) })
      wrong.push(...(await differences(case_('own'), own)))
      wrong.push(...(await differences(case_('stranger'), isCommon ? 'rs' : '')))
    }
    await caller.close()
    expect(wrong).toEqual([])
  })
})
