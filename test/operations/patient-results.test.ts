import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { resultsView } from '../../server/fhir/results/results-view.ts'
import { callerWith, granted, patientAccount } from '../support/granted.ts'
import { observation, quantity, refer, report } from '../support/observations.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
const subject = { reference: 'Patient/p' }
const now = Date.UTC(2026, 5, 1)

type Part = Record<string, unknown> & { readonly name: string; readonly part?: readonly Part[] }

beforeAll(async () => {
  server = await testServer({ context: { now: () => now } })
  const entry = records().map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource['resourceType']}/${resource['id']}` },
  }))
  const stored = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(stored.status, stored.text.slice(0, 500)).toBe(200)
  const corrected = { ...observation({ id: 'c1', subject }), status: 'corrected', valueQuantity: quantity(95) }
  expect((await server.fhir('PUT', 'Observation/c1', corrected)).status).toBe(200)
})
afterAll(() => server?.close())

/** Two panels of a laboratory, a corrected glucose, what was measured on a ward, and what nobody asks for. */
function records(): JsonObject[] {
  const laboratory = (id: string, month: number, given: JsonObject = {}) =>
    observation({ id, subject, effectiveDateTime: `2026-0${month}-02T08:00:00Z`, ...given })
  const sodium = { code: { coding: [{ system: 'http://loinc.org', code: '2951-2' }], text: 'Sodium' } }
  const [g1, g2, s1] = [
    laboratory('g1', 1),
    laboratory('g2', 4),
    laboratory('s1', 4, { ...sodium, valueQuantity: quantity(140, 'mmol/L') }),
  ]
  const old = Array.from({ length: 5 }, (_, i) =>
    observation({
      id: `old${i}`,
      subject,
      effectiveDateTime: `201${i}-01-01`,
      code: { text: 'Ferritin' },
      valueQuantity: quantity(50 + i, 'ng/mL'),
    }),
  )
  return [
    ...[{ resourceType: 'Patient', id: 'p' }, { resourceType: 'Patient', id: 'other' }, g1, g2, s1],
    report({ id: 'd1', subject, result: refer(g2, s1), effectiveDateTime: '2026-04-02T08:00:00Z' }),
    report({ id: 'x1', subject, code: { text: 'Chest X-ray' }, conclusion: 'Clear.', effectiveDateTime: '2026-05-01' }),
    laboratory('c1', 3, { valueQuantity: quantity(59) }),
    ...old,
    observation({
      id: 'smoke',
      subject,
      category: [{ coding: [{ code: 'social-history' }] }],
      code: { text: 'Smoking' },
    }),
    observation({ id: 'foreign', subject: { reference: 'Patient/other' } }),
    {
      ...{ resourceType: 'ServiceRequest', id: 'o1', status: 'active', intent: 'order', subject },
      ...{ code: { text: 'Lipid panel' }, category: [{ coding: [{ code: '108252007' }] }], authoredOn: '2026-05-20' },
    },
  ]
}

interface Answer {
  readonly status: number
  readonly parameters: readonly Part[]
  readonly resources: readonly JsonObject[]
}

async function results(query = '', id = 'p'): Promise<Answer> {
  const { status, json } = await server.fhir('GET', `Patient/${id}/$results${query}`)
  const parameters = (json['parameter'] ?? []) as unknown as Part[]
  const resources = parameters.filter(({ name }) => name === 'resource').map(({ resource }) => resource as JsonObject)
  return { status, parameters, resources }
}

const groups = ({ parameters }: Answer, name: string) => parameters.filter((one) => one.name === name)
const references = ({ part = [] }: Part, name: string) =>
  part
    .filter((one) => one.name === name)
    .map(({ valueReference }) => (valueReference as { reference: string }).reference)
const value = ({ part = [] }: Part, name: string) =>
  Object.entries(part.find((one) => one.name === name) ?? {}).find(([key]) => key.startsWith('value'))?.[1]

test('results are grouped into panels, newest first', async () => {
  const answer = await results()
  expect(answer.status).toBe(200)
  const panels = groups(answer, 'panel').map((panel) => [value(panel, 'name'), references(panel, 'result')])
  expect(panels.slice(0, 3)).toEqual([
    ['Chest X-ray', []],
    ['Basic metabolic panel', ['Observation/g2', 'Observation/s1']],
    ['Glucose', ['Observation/c1']],
  ])
  expect(answer.resources.map(({ id }) => id)).not.toContain('smoke')
  expect(answer.resources.map(({ id }) => id)).not.toContain('foreign')
  expect(answer.resources.map(({ id }) => id)).toContain('o1')
})

test('each analyte tells where it stands', async () => {
  const [glucose] = groups(await results(), 'trend').filter(
    (trend) => (value(trend, 'analyte') as { code: string }).code === '2345-7',
  )
  expect(glucose).toBeDefined()
  expect(value(glucose!, 'count')).toBe(3)
  expect(value(glucose!, 'direction')).toBe('down')
  expect(references(glucose!, 'latest')).toEqual(['Observation/g2'])
  expect(references(glucose!, 'previous')).toEqual(['Observation/c1'])
})

test('a correction says what was said before', async () => {
  const answer = await results()
  const [correction] = groups(answer, 'correction')
  expect(references(correction!, 'result')).toEqual(['Observation/c1'])
  expect(references(correction!, 'earlier')).toEqual(['Observation/c1/_history/1'])
  const [earlier] = groups(answer, 'earlier')
  expect(earlier!['resource']).toMatchObject({ valueQuantity: { value: 59 } })
})

describe('pages', () => {
  test('have the newest, and the last two of each analyte; the next has what is older', async () => {
    const first = await results('?_count=3')
    const ids = first.resources.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['g2', 's1', 'c1', 'old4', 'old3']))
    expect(ids).not.toContain('old2')
    const [next] = groups(first, 'next')
    const second = await results(`?_count=3&before=${next!['valueInstant']}`)
    expect(second.resources.map(({ id }) => id)).toEqual(['g1', 'old4', 'old3'])
    const [last] = groups(second, 'next')
    const third = await results(`?_count=3&before=${last!['valueInstant']}`)
    expect(third.resources.map(({ id }) => id)).toEqual(['old2', 'old1', 'old0'])
  })

  test('of one analyte have all of its course', async () => {
    const { resources, parameters } = await results(`?code=${encodeURIComponent('http://loinc.org|2345-7')}`)
    expect(new Set(resources.filter(({ resourceType }) => resourceType === 'Observation').map(({ id }) => id))).toEqual(
      new Set(['g1', 'g2', 'c1', 's1']),
    )
    const [trend] = parameters.filter(({ name }) => name === 'trend')
    expect(trend!.part!.filter(({ name }) => name === 'point')).toHaveLength(3)
  })
})

test('an app that groups by itself shows the same', async () => {
  const answer = await results('?_count=1000')
  const view = resultsView({ resources: answer.resources, now })
  expect(groups(answer, 'panel').map((panel) => references(panel, 'result'))).toEqual(
    view.panels.map((panel) => panel.results.map(({ reference }) => reference)),
  )
})

describe('whether there is something new', () => {
  const stateOf = async (by: Pick<TestServer, 'fhir'>, known = '') => {
    const { json, status, text } = await by.fhir('GET', `Patient/p/$results${known && `?state=${known}`}`)
    expect(status, text).toBe(200)
    const parts = json['parameter'] as unknown as Part[]
    return {
      names: new Set(parts.map(({ name }) => name)),
      state: String(parts.find(({ name }) => name === 'state')?.['valueString']),
    }
  }

  test('is told in one word, until something comes', async () => {
    const { state } = await stateOf(server)
    expect(await stateOf(server, state)).toEqual({ names: new Set(['state']), state })
    await server.fhir('PUT', 'Observation/new', observation({ id: 'new', subject }))
    const after = await stateOf(server, state)
    expect(after.state).not.toBe(state)
    expect(after.names).toContain('resource')
  })

  test('says nothing of what the caller may not see', async () => {
    const patient = granted(server, callerWith('patient/*.rs', { account: patientAccount('p'), patient: 'p' }))
    const { state } = await stateOf(patient)
    const held = { meta: { security: [{ system: 'urn:candela:result-review', code: 'held' }] } }
    await server.fhir('PUT', 'Observation/held', observation({ id: 'held', subject, ...held }))
    await server.fhir(
      'PUT',
      'Observation/of-other',
      observation({ id: 'of-other', subject: { reference: 'Patient/other' } }),
    )
    expect((await stateOf(patient, state)).names).toEqual(new Set(['state']))
    await server.fhir('PUT', 'Observation/held', observation({ id: 'held', subject }))
    expect((await stateOf(patient, state)).names).toContain('resource')
    await patient.close()
  })
})

describe('what is wrong is said', () => {
  test.each([
    ['?before=yesterday', 400],
    ['?_count=0', 400],
    ['?_count=5001', 400],
    ['?analyte=x', 400],
  ])('%s', async (query, status) => {
    expect((await results(query)).status).toBe(status)
  })

  test('a patient who is not there', async () => {
    expect((await results('', 'nobody')).status).toBe(404)
  })
})
