import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { accessOf } from '../../../server/interactions/access/caller-access.ts'
import { verifyAudit } from '../../../server/interactions/audit/verify.ts'
import { balpFaults } from '../../fhir/audit/balp.ts'
import { type Fhir, signedIn } from '../../support/audited.ts'
import { type SmartServer, smartServer } from '../../support/smart-server.ts'

let server: SmartServer
let clinician: Fhir
let patient: Fhir
let other: Fhir
let admin: Fhir

beforeAll(async () => {
  server = await smartServer()
  clinician = await signedIn(server, { account: '3', scopes: 'user/*.cruds' })
  patient = await signedIn(server, { account: '1', scopes: 'patient/*.rs', patient: 'p1' })
  other = await signedIn(server, { account: '4', scopes: 'patient/*.rs', patient: 'p2' })
  admin = await signedIn(server, { account: '5', scopes: 'user/*.cruds' })
  for (const id of ['p1', 'p2']) await expectStatus(201, admin('PUT', `Patient/${id}`, { resourceType: 'Patient', id }))
  for (const [id, subject] of [
    ['o1', 'p1'],
    ['o2', 'p2'],
  ]) {
    const code = { text: 'Weight' }
    const body = {
      resourceType: 'Observation',
      id,
      status: 'final',
      code,
      subject: { reference: `Patient/${subject}` },
    }
    await expectStatus(201, admin('PUT', `Observation/${id}`, body))
  }
})

afterAll(() => server?.close())

async function expectStatus(status: number, reply: ReturnType<Fhir>): Promise<void> {
  const { status: actual, text } = await reply
  expect(actual, text).toBe(status)
}

interface Event {
  readonly id: string
  readonly action: string
  readonly outcome: string
  readonly profile: string
  readonly subtype: readonly string[]
  readonly who: readonly string[]
  readonly entities: readonly string[]
}

async function events(asking: Fhir, query: string): Promise<readonly Event[]> {
  const reply = await asking('GET', `AuditEvent?${query}&_count=200&_sort=-date`)
  expect(reply.status, reply.text).toBe(200)
  const entries = (reply.json['entry'] ?? []) as { resource: JsonObject }[]
  return entries.map(({ resource }) => told(resource))
}

// biome-ignore lint/suspicious/noExplicitAny: what is told is compared as it is
function told(event: any): Event {
  return {
    id: event.id,
    action: event.action,
    outcome: event.outcome,
    profile: event.meta.profile?.[0]?.split('BasicAudit.')[1] ?? '',
    subtype: event.subtype.map(({ code }: { code: string }) => code),
    who: event.agent.map(
      ({ who }: { who: { reference?: string; identifier?: { value: string } } }) =>
        who.reference ?? who.identifier?.value,
    ),
    entities: (event.entity ?? []).flatMap(({ what, query }: { what?: { reference?: string }; query?: string }) =>
      query === undefined ? (what?.reference ?? []) : Buffer.from(query, 'base64').toString(),
    ),
  }
}

const base = 'http://localhost:8080/fhir'

/** A tag whose code is none. */
const metaWithFault = {
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: { tag: [{ system: 'urn:x', code: ' not a code ' }] } }],
}

describe('what is noted', () => {
  test('of a read: who, what and whose', async () => {
    await expectStatus(200, clinician('GET', 'Observation/o1'))
    const [event] = await events(admin, 'entity=Observation/o1&action=R')
    expect(event).toMatchObject({
      action: 'R',
      outcome: '0',
      profile: 'PatientRead',
      subtype: ['read'],
      who: ['public', base, 'Practitioner/d1'],
      entities: ['Observation/o1', 'Patient/p1'],
    })
  })

  test('of a search: an event for each patient in the answer, and none that tells a patient of others', async () => {
    await expectStatus(200, clinician('GET', 'Observation?status=final'))
    const found = await events(admin, 'agent=Practitioner/d1&subtype=search-type')
    expect(found.map(({ profile, entities }) => [profile, entities])).toEqual(
      expect.arrayContaining([
        ['Query', ['Observation?status=final']],
        ['PatientQuery', ['Observation', 'Patient/p1']],
        ['PatientQuery', ['Observation', 'Patient/p2']],
      ]),
    )
  })

  test('of included resources: their patients', async () => {
    await expectStatus(200, clinician('GET', 'Observation?_id=o2&_include=Observation:patient&_elements=status'))
    const [event] = await events(admin, 'patient=p2&subtype=search-type')
    expect(event!.entities).toEqual(['Observation?_id=o2&_include=Observation:patient&_elements=status', 'Patient/p2'])
  })

  test('of a search that finds nothing: the patient who was asked for', async () => {
    await expectStatus(200, clinician('GET', 'Condition?patient=p2'))
    const [event] = await events(admin, 'patient=p2&subtype=search-type')
    expect(event!.entities).toEqual(['Condition?patient=p2', 'Patient/p2'])
  })

  test.each<[string, () => ReturnType<Fhir>, Partial<Event>]>([
    [
      'an operation',
      () => clinician('GET', 'Patient/p1/$everything'),
      {
        action: 'E',
        subtype: ['operation', 'everything'],
        entities: ['Patient/p1', 'Patient/p1/$everything', 'Patient/p1'],
      },
    ],
    [
      'GraphQL',
      () => clinician('GET', `$graphql?query=${encodeURIComponent('{Observation(id:"o1"){status}}')}`),
      { subtype: ['operation', 'graphql'] },
    ],
    ['a history', () => clinician('GET', 'Observation/o1/_history'), { subtype: ['history-instance'], action: 'R' }],
    ['a version', () => clinician('GET', 'Observation/o1/_history/1'), { subtype: ['vread'], profile: 'PatientRead' }],
  ])('of %s: the patient', async (_name, ask, expected) => {
    await expectStatus(200, ask())
    const [event] = await events(admin, 'patient=p1')
    expect(event).toMatchObject({ outcome: '0', ...expected })
  })

  test('of the entries of a batch: each by itself', async () => {
    const entry = ['Observation/o1', 'Observation/missing'].map((url) => ({ request: { method: 'GET', url } }))
    await expectStatus(200, clinician('POST', '', { resourceType: 'Bundle', type: 'batch', entry }))
    expect((await events(admin, 'entity=Observation/missing'))[0]).toMatchObject({ outcome: '4', subtype: ['read'] })
    expect((await events(admin, 'entity=Observation/o1'))[0]).toMatchObject({ outcome: '0', subtype: ['read'] })
  })

  test('of writes: the version that was stored, and the patients of the one before', async () => {
    const body = { resourceType: 'Observation', id: 'o3', status: 'final', code: { text: 'Height' } }
    const of = (id: string) => ({ ...body, subject: { reference: `Patient/${id}` } })
    await expectStatus(201, admin('PUT', 'Observation/o3', of('p1')))
    await expectStatus(200, admin('PUT', 'Observation/o3', of('p2')))
    await expectStatus(204, admin('DELETE', 'Observation/o3'))
    const transaction = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: of('p1'), request: { method: 'PUT', url: 'Observation/o3' } }],
    }
    await expectStatus(200, admin('POST', '', transaction))
    // A search finds a reference whatever the version.
    const found = async (version: number, patient: string) =>
      (await events(admin, `entity=Observation/o3&patient=${patient}`)).filter(({ entities }) =>
        entities.includes(`Observation/o3/_history/${version}`),
      )
    expect(await found(1, 'p1')).toMatchObject([{ action: 'U', profile: 'PatientUpdate' }])
    expect(await found(2, 'p1')).toHaveLength(1)
    expect(await found(2, 'p2')).toHaveLength(1)
    expect(await found(3, 'p2')).toMatchObject([{ action: 'D', profile: 'PatientDelete' }])
    expect(await found(4, 'p1')).toMatchObject([{ action: 'U' }])
  })

  test('of creates that are stored together: all of them', async () => {
    const body = { resourceType: 'Basic', code: { text: 'x' }, subject: { reference: 'Patient/p1' } }
    const before = (await events(admin, 'patient=p1&action=C')).length
    await Promise.all(Array.from({ length: 12 }, () => expectStatus(201, clinician('POST', 'Basic', body))))
    const after = await events(admin, 'patient=p1&action=C')
    expect(after).toHaveLength(before + 12)
    expect(after[0]).toMatchObject({ profile: 'PatientCreate', subtype: ['create'] })
  })

  test('of a write that fails: that it did, and no more', async () => {
    const reply = await clinician('PUT', 'Observation/o9', { resourceType: 'Observation', id: 'o9' })
    expect(reply.status).toBe(422)
    expect(await events(admin, 'entity=Observation/o9')).toMatchObject([{ outcome: '4', subtype: ['update'] }])
  })

  test.each<[string, () => ReturnType<Fhir>, string]>([
    ['$meta', () => clinician('GET', 'Observation/o2/$meta'), '0'],
    [
      'a change that is refused once it was read',
      () => clinician('POST', 'Observation/o2/$meta-add', metaWithFault),
      '4',
    ],
  ])('of %s: whose resource it was', async (_what, act, outcome) => {
    await act()
    const [latest] = await events(admin, 'entity=Observation/o2')
    expect(latest).toMatchObject({ outcome, subtype: expect.arrayContaining(['operation']) })
    expect(latest!.entities).toContain('Patient/p2')
  })

  test('of a refusal: the fault', async () => {
    await expectStatus(404, other('GET', 'Observation/o1'))
    expect((await events(admin, 'entity=Observation/o1&outcome=4'))[0]!.who).toEqual(['public', base, 'Patient/p2'])
  })

  test('of broken glass: the purpose', async () => {
    const { context } = server
    const account = { number: '3', roles: ['practitioner'], patients: [] }
    const caller = { client: 'public', grant: '1', scopes: ['user/*.rs'], account, purposeOfUse: 'BTG' }
    const access = await accessOf(caller, context)
    const from = { address: '127.0.0.1', id: 'glass' }
    const request = { method: 'GET', path: ['Patient', 'p1'], query: '', headers: {}, from } as const
    await context.dispatch(request, { ...context, access })
    const reply = await admin('GET', 'AuditEvent?patient=p1&_sort=-date&_count=1')
    expect(reply.text).toContain(
      '"purposeOfUse":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"BTG"}]}]',
    )
  })
})

describe('who reads it', () => {
  test('patients read what concerns them, and nothing of others', async () => {
    await expectStatus(200, clinician('GET', 'Observation?status=final'))
    const own = await patient('GET', 'AuditEvent?_count=500')
    expect(own.text).toContain('Practitioner/d1')
    expect(own.text).not.toContain('Patient/p2')
    const [event] = await events(patient, 'agent=Practitioner/d1')
    await expectStatus(200, patient('GET', `AuditEvent/${event!.id}`))
    await expectStatus(404, other('GET', `AuditEvent/${event!.id}`))
  })

  test.each([
    ['POST', 'AuditEvent'],
    ['PUT', 'AuditEvent/a'],
    ['DELETE', 'AuditEvent/a'],
    ['PATCH', 'AuditEvent/a'],
  ])('nobody writes it: %s %s', async (method, path) => {
    const reply = await admin(method, path, { resourceType: 'AuditEvent', id: 'a' })
    expect([reply.status, reply.text.includes('append-only')]).toEqual([403, true])
  })

  test('nor in a transaction', async () => {
    const [event] = await events(admin, '')
    const entry = [{ request: { method: 'DELETE', url: `AuditEvent/${event!.id}` } }]
    const reply = await admin('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(reply.status, reply.text).toBe(403)
  })

  test('every event is a valid resource, and keeps the profile that it claims', async () => {
    const reply = await admin('GET', 'AuditEvent?_count=300')
    const entries = reply.json['entry'] as { resource: JsonObject }[]
    expect(entries.length).toBeGreaterThan(50)
    for (const { resource } of entries.slice(0, 100)) {
      expect(balpFaults(resource) ?? []).toEqual([])
      const { meta: _meta, ...rest } = resource
      const { json } = await admin('POST', 'AuditEvent/$validate', rest)
      const issues = json['issue'] as { severity: string; diagnostics: string }[]
      expect(issues.filter(({ severity }) => severity === 'error' || severity === 'fatal')).toEqual([])
    }
  })
})

describe('the chain', () => {
  const problems = async () => {
    const { json, status, text } = await admin('GET', '$verify-audit')
    expect(status, text).toBe(200)
    const parameters = json['parameter'] as { name: string; valueBoolean?: boolean; part?: { valueString: string }[] }[]
    return parameters
      .filter(({ name }) => name === 'problem')
      .map(({ part }) =>
        part!
          .slice(1)
          .map((p) => p.valueString)
          .join(' '),
      )
  }
  /** What somebody does who has more than the application's connections. */
  const tamper = (statement: string) =>
    server.context.store.database.transaction(async (tx) => {
      await tx.client.query('set local session_replication_role = replica')
      await tx.client.query(statement)
    })

  test('is whole', async () => {
    expect(await problems()).toEqual([])
  })

  test.each([
    'delete from r_auditevent',
    "update r_auditevent set content = replace(content, 'p1', 'p2')",
    'truncate r_auditevent',
    'delete from audit_segment',
    "update audit_segment set hash = 'x'",
    "update audit_journal set record = '{}'",
  ])('the application cannot %s', async (statement) => {
    await clinician('GET', 'Observation/o1')
    await server.context.audit!.flush()
    await expect(server.context.store.database.transaction((tx) => tx.client.query(statement))).rejects.toThrow(
      /AuditEvents are written by the server alone/,
    )
  })

  test('nor take from the journal what is in no segment', async () => {
    await clinician('GET', 'Observation/o1')
    await server.context.audit!.flush()
    const { database } = server.context.store
    await expect(database.transaction((tx) => tx.client.query('delete from audit_journal'))).rejects.toThrow(/alone/)
  })

  test('names the event that was changed, removed or added', async () => {
    const [first, second] = await events(admin, '_sort=-date')
    const key = (id: string) => server.context.indexes.terms.key('AuditEvent', id)
    await tamper(
      `update r_auditevent set content = replace(content, '"outcome":"', '"outcome" :"') where pk = ${key(first!.id)}`,
    )
    expect(await problems()).toEqual([`AuditEvent/${first!.id} is not what was stored`])
    await tamper(
      `update r_auditevent set content = replace(content, '"outcome" :"', '"outcome":"') where pk = ${key(first!.id)}`,
    )
    await tamper(`create table kept as select * from r_auditevent where pk = ${key(second!.id)}`)
    await tamper(`delete from r_auditevent where pk = ${key(second!.id)}`)
    expect(await problems()).toEqual([`AuditEvent/${second!.id} was removed`])
    await tamper(
      'update kept set pk = pk + 1000000000000; insert into r_auditevent select * from kept; update kept set pk = pk - 1000000000000; insert into r_auditevent select * from kept',
    )
    expect(await problems()).toEqual([expect.stringContaining('is in no segment of the chain')])
    await tamper(`delete from r_auditevent where pk = ${key(second!.id) + 1_000_000_000_000n}`)
    expect(await problems()).toEqual([])
  })

  test('tells a segment that somebody made up, and an end that was cut off', async () => {
    const { head } = await verifyAudit(server.context)
    await tamper("update audit_segment set seal = decode(repeat('00', 60), 'hex') where number = 2")
    expect(await problems()).toEqual(['segment 2 was not written by this server'])
    await tamper(
      `delete from audit_segment where number >= (select number from audit_segment where encode(hash, 'hex') = '${head}')`,
    )
    const { examples } = await verifyAudit(server.context, head)
    expect(examples.map(({ check }) => check)).toContain('head')
  })
})

describe('questioning an access', () => {
  const asking = { resourceType: 'Parameters', parameter: [{ name: 'reason', valueString: 'Who is this?' }] }

  test('opens a Task for the staff', async () => {
    const [event] = await events(patient, 'agent=Practitioner/d1')
    const { status, json, text } = await patient('POST', `AuditEvent/${event!.id}/$question`, asking)
    expect(status, text).toBe(201)
    expect(json).toMatchObject({
      description: 'Who is this?',
      focus: { reference: `AuditEvent/${event!.id}` },
      for: { reference: 'Patient/p1' },
      requester: { reference: 'Patient/p1' },
    })
    await expectStatus(200, clinician('GET', `Task/${json['id'] as string}`))
    await expectStatus(404, other('POST', `AuditEvent/${event!.id}/$question`, asking))
  })

  test('needs a reason', async () => {
    const [event] = await events(patient, 'agent=Practitioner/d1')
    await expectStatus(400, patient('POST', `AuditEvent/${event!.id}/$question`, { resourceType: 'Parameters' }))
  })
})
