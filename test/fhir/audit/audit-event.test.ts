import { describe, expect, test } from 'vitest'
import { auditEvents } from '../../../server/fhir/audit/audit-event.ts'
import type { AuditedCaller, UnpackedRecord } from '../../../server/fhir/audit/record.ts'
import { balpFaults } from './balp.ts'

const world = { base: 'https://health.example/fhir' }
const t = Date.UTC(2026, 4, 1)

const callers: readonly (readonly [string, AuditedCaller])[] = [
  ['a service', { client: 'backend', grant: '7' }],
  [
    'a clinician',
    { client: 'chart', grant: '8', account: '3', user: 'Practitioner/d1', roles: ['nurse'], purpose: 'BTG' },
  ],
  ['a guardian', { client: 'app', grant: '9', account: '2', user: 'RelatedPerson/r', patient: 'p1', onBehalfOf: 'p1' }],
]

const one = { what: 'Observation/o1' }
const asked: readonly (readonly [string, string, Partial<UnpackedRecord>])[] = [
  ['Read', 'read', one],
  ['Read', 'vread', { what: 'Observation/o1/_history/2' }],
  ['Query', 'search-type', { query: 'Observation?status=final' }],
  ['Query', 'search-system', { query: '?_type=Observation' }],
  ['Query', 'search-compartment', { query: 'Practitioner/d1/Observation' }],
  ['Create', 'create', { what: 'Observation/o1/_history/1' }],
  ['Update', 'update', one],
  ['Update', 'patch', one],
  ['Delete', 'delete', one],
]

const cases = asked.flatMap(([pattern, code, facts]) =>
  callers.flatMap(([name, who]) =>
    [[], ['p1'], ['p1', 'p2']].flatMap((patients) =>
      [{ address: '192.0.2.7', request: 'r-1' }, {}].map((from) => {
        const record: UnpackedRecord = { t, who, code, status: 200, patients, ...facts, ...from }
        return [pattern, code, name, patients.length, record] as const
      }),
    ),
  ),
)

describe('AuditEvents keep the profiles that they claim', () => {
  test.each(cases)('%s: %s by %s, of %i patients', (pattern, _code, _name, count, record) => {
    const events = auditEvents(record, world)
    const profiles = events.map(({ meta }) => (meta as { profile: string[] }).profile[0]!.split('.').at(-1))
    // Who finds nothing has asked for the patient of the launch.
    const concerned = count === 0 && pattern === 'Query' && record.who.patient !== undefined ? 1 : count
    const ofPatients = Array.from({ length: concerned }, () => `Patient${pattern}`)
    expect(profiles).toEqual(concerned === 1 ? ofPatients : [pattern, ...ofPatients])
    expect(events.flatMap((event) => balpFaults(event))).toEqual([])
  })

  test('what failed claims none', () => {
    const [, [, who]] = callers as [unknown, (typeof callers)[number]]
    const [event] = auditEvents({ t, who, code: 'read', status: 404, fault: 'resource-not-found', ...one }, world)
    expect(balpFaults(event!)).toBeUndefined()
  })

  test('and the check of it tells what is amiss', () => {
    const [, [, who]] = callers as [unknown, (typeof callers)[number]]
    const [event] = auditEvents({ t, who, code: 'read', status: 200, patients: ['p1'], ...one }, world)
    expect(balpFaults({ ...event!, action: 'C', agent: [] })).toEqual([
      'action',
      'two agents',
      'one client, one server',
    ])
  })
})
