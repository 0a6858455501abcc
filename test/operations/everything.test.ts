import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  const put = (resource: JsonObject) => server.fhir('PUT', `${resource['resourceType']}/${resource['id']}`, resource)
  const subject = { reference: 'Patient/p' }
  await put({ resourceType: 'Organization', id: 'clinic', name: 'Clinic' })
  await put({ resourceType: 'Practitioner', id: 'doctor' })
  await put({ resourceType: 'Patient', id: 'p', managingOrganization: { reference: 'Organization/clinic' } })
  await put({ resourceType: 'Patient', id: 'q' })
  await put({
    resourceType: 'Encounter',
    id: 'visit',
    status: 'finished',
    class: { code: 'AMB' },
    subject,
    period: { start: '2024-05-01T08:00:00Z', end: '2024-05-01T09:00:00Z' },
  })
  for (const [id, date] of [
    ['old', '2020-01-01'],
    ['new', '2024-05-01'],
  ] as const) {
    await put({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8302-2' }] },
      subject,
      effectiveDateTime: date,
      ...(id === 'new' && { encounter: { reference: 'Encounter/visit' } }),
      performer: [{ reference: 'Practitioner/doctor' }],
    })
  }
  await put({
    resourceType: 'Observation',
    id: 'other',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: 'Patient/q' },
  })
  await put({
    resourceType: 'Appointment',
    id: 'appointment',
    status: 'proposed',
    participant: [{ actor: subject, status: 'accepted' }],
  })
})

afterAll(() => server.close())

async function found(path: string, mode?: string): Promise<string[]> {
  const { json, status, text } = await server.fhir('GET', path)
  expect(status, text).toBe(200)
  const entries = (json['entry'] ?? []) as {
    resource: { resourceType: string; id: string }
    search: { mode: string }
  }[]
  return entries
    .filter((entry) => mode === undefined || entry.search.mode === mode)
    .map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    .sort()
}

test.each([
  [
    'the compartment and what it refers to',
    'Patient/p/$everything',
    [
      'Appointment/appointment',
      'Encounter/visit',
      'Observation/new',
      'Observation/old',
      'Organization/clinic',
      'Patient/p',
      'Practitioner/doctor',
    ],
  ],
  ['only the types asked for', 'Patient/p/$everything?_type=Observation', ['Observation/new', 'Observation/old']],
  [
    'care in a period, and what has no date',
    'Patient/p/$everything?start=2024-01-01&_type=Observation,Appointment,Patient',
    ['Appointment/appointment', 'Observation/new', 'Patient/p'],
  ],
  ['nothing stored after a time to come', 'Patient/p/$everything?_since=2999-01-01', []],
  [
    'an encounter with its results',
    'Encounter/visit/$everything?_type=Encounter,Observation',
    ['Encounter/visit', 'Observation/new'],
  ],
])('$everything gives %s', async (_case, path, expected) => {
  expect(await found(path)).toEqual(expected)
})

test('$everything comes in pages that are linked', async () => {
  const seen: string[] = []
  let url: string | undefined = 'Patient/p/$everything?_count=2'
  while (url) {
    const { json } = await server.fhir('GET', url)
    for (const entry of (json['entry'] ?? []) as { resource: { id: string }; search: { mode: string } }[]) {
      if (entry.search.mode === 'match') seen.push(entry.resource.id)
    }
    const next = (json['link'] as { relation: string; url: string }[]).find((link) => link.relation === 'next')
    url = next?.url.replace(/^.*\/fhir\//, '')
  }
  expect(seen.sort()).toEqual(['appointment', 'new', 'old', 'p', 'visit'])
})

test.each([
  ['Patient/unknown/$everything', 404, 'resource-not-found'],
  ['Patient/p/$everything?_type=Nothing', 400, 'invalid-parameters'],
  ['Patient/p/$everything?start=tomorrow', 400, 'invalid-parameters'],
  ['Patient/p/$everything?_count=0', 400, 'invalid-parameters'],
  ['Patient/p/$everything?other=1', 400, 'invalid-parameters'],
])('%s is refused with %i %s', async (path, status, code) => {
  const reply = await server.fhir('GET', path)
  expect(reply.status).toBe(status)
  expect(reply.text).toContain(`"code":"${code}"`)
})

test.each([
  ['Patient/p/Observation', ['Observation/new', 'Observation/old']],
  ['Patient/p/Observation?date=ge2024', ['Observation/new']],
  ['Patient/p/Observation?code=8302-2&_sort=date', ['Observation/new', 'Observation/old']],
  ['Patient/p/*', ['Appointment/appointment', 'Encounter/visit', 'Observation/new', 'Observation/old', 'Patient/p']],
  ['Encounter/visit/Observation', ['Observation/new']],
  ['Practitioner/doctor/Observation', ['Observation/new', 'Observation/old']],
])('the compartment search %s finds its members', async (path, expected) => {
  expect(await found(path)).toEqual(expected)
})

test.each([
  ['Organization/clinic/Observation', 404],
  ['Patient/p/Nothing', 404],
  ['Patient/p/Location', 400],
])('the compartment search %s is refused with %i', async (path, status) => {
  expect((await server.fhir('GET', path)).status).toBe(status)
})

test('$lastn gives the newest observation of each code', async () => {
  expect(await found('Observation/$lastn?patient=p')).toEqual(['Observation/new'])
  expect(await found('Observation/$lastn?patient=p&max=2')).toEqual(['Observation/new', 'Observation/old'])
  expect((await server.fhir('GET', 'Observation/$lastn?max=2')).status).toBe(400)
})
