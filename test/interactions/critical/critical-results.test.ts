/** Critical values raise a Task in the transaction of the value; it is acknowledged, withdrawn, or passed on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { escalateDue } from '../../../server/interactions/critical/escalate.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../../support/granted.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
let doctor: Granted
let patient: Granted
let time = Date.UTC(2026, 5, 1, 8)

const minutes = 60_000
const subject = { reference: 'Patient/p' }

beforeAll(async () => {
  server = await testServer({ context: { now: () => time } })
  for (const one of [
    { resourceType: 'Practitioner', id: 'orders' },
    { resourceType: 'Practitioner', id: 'performs' },
    { resourceType: 'Practitioner', id: 'general' },
    { resourceType: 'Patient', id: 'p', generalPractitioner: [{ reference: 'Practitioner/general' }] },
    { resourceType: 'Patient', id: 'alone' },
    {
      ...{ resourceType: 'ServiceRequest', id: 'order', status: 'active', intent: 'order', subject },
      requester: { reference: 'Practitioner/orders' },
    },
  ]) {
    await send('PUT', `${one.resourceType}/${one.id}`, one)
  }
  doctor = granted(
    server,
    callerWith('user/*.cruds', { account: staffAccount('practitioner', 'Practitioner/general') }),
  )
  patient = granted(server, callerWith('patient/*.rs', { account: patientAccount('p'), patient: 'p' }))
})
afterAll(async () => {
  await doctor?.close()
  await patient?.close()
  await server?.close()
})

async function send(method: string, path: string, body?: object): Promise<JsonObject> {
  const { status, text, json } = await server.fhir(method, path, body as JsonObject)
  expect([200, 201], text).toContain(status)
  return json
}

function potassium(id: string, flag: string | undefined, more: object = {}): JsonObject {
  const system = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation'
  return {
    ...{ resourceType: 'Observation', id, status: 'final', subject, basedOn: [{ reference: 'ServiceRequest/order' }] },
    code: { coding: [{ system: 'http://loinc.org', code: '2823-3' }], text: 'Potassium' },
    valueQuantity: { value: 6.9, unit: 'mmol/L' },
    ...(flag !== undefined && { interpretation: [{ coding: [{ system, code: flag }] }] }),
    ...more,
  } as JsonObject
}

const put = (id: string, flag?: string, more?: object) => send('PUT', `Observation/${id}`, potassium(id, flag, more))

async function tasksAbout(id: string): Promise<JsonObject[]> {
  const { entry = [] } = await send('GET', `Task?focus=Observation/${id}`)
  return (entry as unknown as { resource: JsonObject }[]).map(({ resource }) => resource)
}

describe('a critical value', () => {
  test('has a task for who ordered it', async () => {
    await put('a', 'HH')
    expect(await tasksAbout('a')).toMatchObject([
      {
        ...{ status: 'requested', priority: 'stat', owner: { reference: 'Practitioner/orders' }, for: subject },
        restriction: { period: { end: new Date(time + 60 * minutes).toISOString() } },
      },
    ])
  })

  test.each(['LL', 'AA'])('may be %s', async (flag) => {
    await put(`as-${flag}`, flag)
    expect(await tasksAbout(`as-${flag}`)).toHaveLength(1)
  })

  test.each([
    ['high only', 'H', {}],
    ['without an interpretation', undefined, {}],
    ['preliminary', 'HH', { status: 'preliminary' }],
  ])('is none that is %s', async (name, flag, more) => {
    const id = name.replaceAll(' ', '-')
    await put(id, flag, more)
    expect(await tasksAbout(id)).toEqual([])
  })

  test('has one task however often it is written, and by whatever door', async () => {
    await put('b', 'HH')
    await put('b', 'HH')
    const entry = [{ resource: potassium('b', 'HH'), request: { method: 'PUT', url: 'Observation/b' } }]
    await send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    await send('PATCH', 'Observation/b', [{ op: 'replace', path: '/status', value: 'amended' }])
    await Promise.all([put('b', 'HH'), put('b', 'LL')])
    expect(await tasksAbout('b')).toHaveLength(1)
  })

  test.each([
    ['created', 'POST', 'Observation', (made: JsonObject) => made],
    [
      'in a transaction',
      'POST',
      '',
      (resource: JsonObject) => ({
        ...{ resourceType: 'Bundle', type: 'transaction' },
        entry: [{ resource, request: { method: 'POST', url: 'Observation' } }],
      }),
    ],
  ])('has one when it is %s', async (name, method, path, bodyOf) => {
    const { id: _id, ...resource } = potassium('', 'HH', { note: [{ text: name }] })
    const before = (await send('GET', 'Task?_summary=count'))['total'] as number
    await send(method, path, bodyOf(resource as JsonObject))
    expect((await send('GET', 'Task?_summary=count'))['total']).toBe(before + 1)
  })

  test.each([
    [
      'performed it',
      { basedOn: undefined, performer: [{ reference: 'Practitioner/performs' }] },
      'Practitioner/performs',
    ],
    ['cares for the patient', { basedOn: undefined }, 'Practitioner/general'],
    ['is a practitioner', { basedOn: undefined, subject: { reference: 'Patient/alone' } }, undefined],
  ])('is told to who %s where nobody is nearer', async (_who, more, owner) => {
    const id = `for-${owner?.slice(13) ?? 'all'}`
    await put(id, 'HH', more)
    const [task] = await tasksAbout(id)
    expect((task!['owner'] as JsonObject | undefined)?.['reference']).toBe(owner)
    expect(task!['performerType'] !== undefined).toBe(owner === undefined)
  })

  test('is nothing that patients see as a task', async () => {
    expect((await patient.fhir('GET', 'Task')).text).not.toContain('"resource"')
    expect((await patient.fhir('GET', 'Observation/a')).status).toBe(200)
  })

  test.each([
    ['is not critical', 'corrected', 'N'],
    ['is an error', 'entered-in-error', 'HH'],
  ])('has its task cancelled by a correction that %s', async (_case, status, flag) => {
    await put(`was-${status}`, 'HH')
    await put(`was-${status}`, flag, { status })
    expect(await tasksAbout(`was-${status}`)).toMatchObject([{ status: 'cancelled' }])
  })

  test('is acknowledged, and asked about again only when it is corrected', async () => {
    await put('c', 'HH')
    const parameter = [{ name: 'result', valueReference: { reference: 'Observation/c' } }]
    const review = () => doctor.fhir('POST', '$review-results', { resourceType: 'Parameters', parameter })
    expect((await review()).text).toContain('"valueBoolean":true')
    const completed = { status: 'completed', owner: { reference: 'Practitioner/general' } }
    expect(await tasksAbout('c')).toMatchObject([completed])
    await put('c', 'HH')
    expect(await tasksAbout('c')).toMatchObject([completed])
    await put('c', 'HH', { status: 'corrected' })
    expect(await tasksAbout('c')).toMatchObject([{ status: 'requested', owner: { reference: 'Practitioner/orders' } }])
  })
})

describe('what nobody acknowledges', () => {
  test('is passed on when it is due, once, though several processes look', async () => {
    await put('late', 'HH')
    time += 59 * minutes
    await escalateDue(server.context)
    expect(await tasksAbout('late')).toMatchObject([{ meta: { versionId: '1' } }])
    time += minutes
    await Promise.all([1, 2, 3].map(() => escalateDue(server.context)))
    await escalateDue(server.context)
    const [task] = await tasksAbout('late')
    expect(task).toMatchObject({
      ...{ meta: { versionId: '2' }, status: 'requested', owner: { reference: 'Practitioner/general' } },
      businessStatus: { coding: [{ code: 'escalated' }] },
    })
  })

  test('is left to all practitioners where nobody is next', async () => {
    await put('last', 'HH', { basedOn: undefined })
    time += 60 * minutes
    await escalateDue(server.context)
    const [task] = await tasksAbout('last')
    expect(task!['owner']).toBeUndefined()
    expect(task!['performerType']).toBeDefined()
  })
})
