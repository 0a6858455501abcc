/** Results are acknowledged, commented on and released: one, or several at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { reviewSystem } from '../../server/fhir/review/labels.ts'
import { parseReleaseRules } from '../../server/fhir/review/release-rules.ts'
import { callerWith, type Granted, granted, patientAccount, staffAccount } from '../support/granted.ts'
import { type TestReply, type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let patient: Granted
let doctor: Granted
const open: Granted[] = []

const subject = { reference: 'Patient/p' }
const category = [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: 'SP' }] }]
const code = { coding: [{ system: 'http://loinc.org', code: '22637-3' }] }

beforeAll(async () => {
  server = await testServer({ config: { releaseRules: parseReleaseRules('pathology=after-review')! } })
  for (const one of [
    { resourceType: 'Patient', id: 'p' },
    { resourceType: 'Practitioner', id: 'd' },
    { resourceType: 'Practitioner', id: 'n' },
  ]) {
    await put(one)
  }
  patient = person('patient/*.cruds', { account: patientAccount('p'), patient: 'p' })
  doctor = person('user/*.cruds', { account: staffAccount('practitioner', 'Practitioner/d') })
})
afterAll(async () => {
  for (const one of open) await one.close()
  await server?.close()
})

function person(...given: Parameters<typeof callerWith>): Granted {
  const made = granted(server, callerWith(...given))
  open.push(made)
  return made
}

async function put(resource: object): Promise<void> {
  const { resourceType, id } = resource as { resourceType: string; id: string }
  const { status, text } = await server.fhir('PUT', `${resourceType}/${id}`, resource as JsonObject)
  expect([200, 201], text).toContain(status)
}

const putBiopsy = (id: string, more: object = {}) =>
  put({ resourceType: 'Observation', id, status: 'final', category, subject, code, valueString: 'Found', ...more })

interface Given {
  readonly release?: boolean
  readonly comment?: string
}

function review(by: Granted, references: readonly string[], { release, comment }: Given = {}): Promise<TestReply> {
  const parameter = [
    ...references.map((reference) => ({ name: 'result', valueReference: { reference } })),
    ...(release === undefined ? [] : [{ name: 'release', valueBoolean: release }]),
    ...(comment === undefined ? [] : [{ name: 'comment', valueString: comment }]),
  ]
  return by.fhir('POST', '$review-results', { resourceType: 'Parameters', parameter })
}

/** `Observation/a true` or `Observation/a resource-not-found` */
function told({ json, text, status }: TestReply): string[] {
  expect(status, text).toBe(200)
  const items = json['parameter'] as unknown as { part: Record<string, never>[] }[]
  return items.map(({ part }) => {
    const [result, reviewed, outcome] = part as unknown as [
      { valueReference: { reference: string } },
      { valueBoolean: boolean },
      { resource: { issue: { details: { coding: { code: string }[] } }[] } } | undefined,
    ]
    const became = outcome ? outcome.resource.issue[0]!.details.coding[0]!.code : reviewed.valueBoolean
    return `${result.valueReference.reference} ${became}`
  })
}

async function found(query: string, by: Pick<Granted, 'fhir'> = server): Promise<JsonObject[]> {
  const { json, status, text } = await by.fhir('GET', query)
  expect(status, text).toBe(200)
  return ((json['entry'] ?? []) as unknown as { resource: JsonObject }[]).map(({ resource }) => resource)
}

const acknowledgements = (reference: string) => found(`Provenance?target=${reference}`)
const statusFor = async (by: Granted, path: string) => (await by.fhir('GET', path)).status

describe('$review-results', () => {
  test('records who took notice of which version, once', async () => {
    await putBiopsy('a')
    for (const _ of ['first', 'again'])
      expect(told(await review(doctor, ['Observation/a']))).toEqual(['Observation/a true'])
    const [only, ...others] = await acknowledgements('Observation/a')
    expect(others).toEqual([])
    expect(only).toMatchObject({
      target: [{ reference: 'Observation/a/_history/1' }],
      activity: { coding: [{ system: reviewSystem, code: 'acknowledged' }] },
      agent: [{ who: { reference: 'Practitioner/d' } }],
    })
    expect(await statusFor(patient, 'Observation/a')).toBe(404)
  })

  test('takes notice of a correction anew', async () => {
    await putBiopsy('again')
    await review(doctor, ['Observation/again'])
    await putBiopsy('again', { status: 'corrected', valueString: 'Not found' })
    await review(doctor, ['Observation/again'])
    expect(await acknowledgements('Observation/again')).toHaveLength(2)
  })

  test('releases, and tells the patient', async () => {
    await putBiopsy('b')
    expect(told(await review(doctor, ['Observation/b'], { release: true, comment: ' All is well. ' }))).toEqual([
      'Observation/b true',
    ])
    expect(await statusFor(patient, 'Observation/b')).toBe(200)
    const about = (await found('Communication', patient)).filter(({ about }) =>
      JSON.stringify(about)?.includes('tion/b"'),
    )
    expect(about).toMatchObject([
      {
        payload: [{ contentString: 'All is well.' }],
        sender: { reference: 'Practitioner/d' },
        subject,
        recipient: [subject],
      },
    ])
    expect(await acknowledgements('Observation/b')).toMatchObject([
      { target: [{ reference: 'Observation/b/_history/2' }] },
    ])
  })

  test('holds a comment as long as its result', async () => {
    await putBiopsy('c')
    await review(doctor, ['Observation/c'], { comment: 'Let us talk.' })
    const texts = async () => JSON.stringify(await found('Communication', patient))
    expect(await texts()).not.toContain('Let us talk.')
    await review(doctor, ['Observation/c'], { release: true })
    expect(await texts()).toContain('Let us talk.')
  })

  test('tells comments with the results', async () => {
    const { json, text } = await patient.fhir('GET', 'Patient/p/$results?category=SP')
    const comments = (json['parameter'] as JsonObject[]).filter(({ name }) => name === 'comment')
    expect(comments, text.slice(0, 300)).toContainEqual({
      name: 'comment',
      resource: expect.objectContaining({
        about: [{ reference: 'Observation/c' }],
        sender: { reference: 'Practitioner/d' },
      }),
    })
  })

  test('releases a report with what it is made of', async () => {
    await putBiopsy('part')
    const result = [{ reference: 'Observation/part' }, { reference: 'Observation/elsewhere' }]
    await put({
      resourceType: 'DiagnosticReport',
      id: 'whole',
      status: 'final',
      category,
      subject,
      code,
      result: [result[0]],
    })
    await review(doctor, ['DiagnosticReport/whole'], { release: true })
    for (const path of ['DiagnosticReport/whole', 'Observation/part']) expect(await statusFor(patient, path)).toBe(200)
  })

  test('does what it can, and tells of the rest', async () => {
    await putBiopsy('good')
    await putBiopsy('nobody', { subject: undefined })
    const items = await review(doctor, ['Observation/none', 'Observation/nobody', 'Observation/good'], {
      release: true,
      comment: 'Fine.',
    })
    expect(told(items)).toEqual([
      'Observation/none resource-not-found',
      'Observation/nobody invalid-parameters',
      'Observation/good true',
    ])
    expect(await statusFor(patient, 'Observation/good')).toBe(200)
    // Of what was refused nothing was done.
    expect((await server.fhir('GET', 'Observation/nobody')).text).toContain('"held"')
    expect(await acknowledgements('Observation/nobody')).toEqual([])
  })

  test('reviews 300 results at once', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `many-${i}`)
    const entry = ids.map((id) => ({
      resource: { resourceType: 'Observation', id, status: 'final', category, subject, code, valueString: 'Found' },
      request: { method: 'PUT', url: `Observation/${id}` },
    }))
    expect((await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })).status).toBe(200)
    const items = told(
      await review(
        doctor,
        ids.map((id) => `Observation/${id}`),
        { release: true },
      ),
    )
    expect(items).toEqual(ids.map((id) => `Observation/${id} true`))
    expect(await statusFor(patient, 'Observation/many-299')).toBe(200)
  }, 60_000)

  test('two at once release once each, and neither fails', async () => {
    const names = ['x', 'y', 'z'].map((id) => `Observation/${id}`)
    for (const name of names) await putBiopsy(name.slice(12))
    const both = await Promise.all([
      review(doctor, names, { release: true }),
      review(doctor, names.toReversed(), { release: true }),
    ])
    for (const one of both) expect(told(one).every((item) => item.endsWith(' true'))).toBe(true)
    expect(await acknowledgements('Observation/x')).toHaveLength(1)
  })

  test.each([
    ['a nurse', 'user/*.cruds', staffAccount('nurse', 'Practitioner/n'), 403],
    ['an app that may only read', 'user/*.rs', staffAccount('practitioner', 'Practitioner/d'), 200],
    ['somebody without a record here', 'user/*.cruds', staffAccount('practitioner'), 400],
    ['the patient', 'patient/*.cruds', patientAccount('p'), 403],
  ])('releases nothing for %s', async (_case, scopes, account, status) => {
    await putBiopsy('kept')
    const caller = person(scopes, { account, patient: 'p' })
    const reply = await review(caller, ['Observation/kept'], { release: true })
    expect(reply.status, reply.text).toBe(status)
    if (status === 200) expect(told(reply)).toEqual(['Observation/kept insufficient-scope'])
    expect(await statusFor(patient, 'Observation/kept')).toBe(404)
  })

  test.each([
    ['no results', []],
    ['a patient', ['Patient/p']],
    ['a version', ['Observation/a/_history/1']],
    ['what is elsewhere', ['https://elsewhere.example.org/Observation/a']],
    ['too many', Array.from({ length: 501 }, (_, i) => `Observation/${i}`)],
  ])('refuses %s', async (_case, references) => {
    expect((await review(doctor, references)).status).toBe(400)
  })

  test.each(['', '   ', 'x'.repeat(5001)])('refuses a comment of another length', async (comment) => {
    expect((await review(doctor, ['Observation/a'], { comment })).status).toBe(400)
  })
})

describe('$release', () => {
  test('answers the result as it is then', async () => {
    await putBiopsy('one')
    const { status, json, text } = await doctor.fhir('POST', 'Observation/one/$release')
    expect(status, text).toBe(200)
    expect(json).toMatchObject({ id: 'one', meta: { versionId: '2', security: [{ code: 'released' }] } })
    expect(await statusFor(patient, 'Observation/one')).toBe(200)
  })

  test('is refused as any other request', async () => {
    expect((await doctor.fhir('POST', 'Observation/none/$release')).status).toBe(404)
    expect((await patient.fhir('POST', 'Observation/one/$release')).status).toBe(403)
  })
})
