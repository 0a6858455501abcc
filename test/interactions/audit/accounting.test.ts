/** Accounting of disclosures: who saw a chart in a month, and whose charts somebody saw, against a list kept beside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../../../server/access/access.ts'
import type { Caller } from '../../../server/access/caller.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { accessOf } from '../../../server/interactions/access/caller-access.ts'
import { randomFrom } from '../../support/random.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const seed = 20260504
const patients = ['p1', 'p2', 'p3']
const users = ['d1', 'd2']
const months = [4, 5, 6]

interface Access {
  readonly at: string
  readonly user: string
  readonly patient: string
}

let server: TestServer
let time = Date.UTC(2026, 3, 1)
const accesses: Access[] = []

function callerOf(user: string, role = 'practitioner'): Caller {
  const account = { number: `9${user.slice(1)}`, roles: [role], fhirUser: `Practitioner/${user}`, patients: [] }
  return { client: 'chart', grant: '', scopes: ['user/*.cruds'], account }
}

async function get(path: string, query: string, caller: Caller) {
  const access = await accessOf(caller, server.context)
  const request = { method: 'GET', path: path.split('/'), query, headers: {}, from: { address: '192.0.2.7' } } as const
  return server.context.dispatch(request, { ...server.context, access })
}

beforeAll(async () => {
  server = await testServer({ config: { auth: 'smart' }, context: { now: () => time } })
  for (const id of patients) {
    const subject = { reference: `Patient/${id}` }
    const stored: readonly JsonObject[] = [
      { resourceType: 'Patient', id },
      { resourceType: 'Observation', id: `o-${id}`, status: 'final', code: { text: 'Weight' }, subject },
    ]
    for (const body of stored) {
      const path = [String(body['resourceType']), String(body['id'])]
      const request = { method: 'PUT', path, query: '', headers: {}, body } as const
      await server.context.dispatch(request, { ...server.context, access: openAccess })
    }
  }
  const random = randomFrom(seed)
  while (time < Date.UTC(2026, 6, 1) - 86_400_000) {
    time += Math.floor(random() * 3 * 86_400_000)
    const [patient, user] = [patients, users].map((list) => list[Math.floor(random() * list.length)]!) as [
      string,
      string,
    ]
    const ways = [
      ['Patient/', ''],
      ['Observation/o-', ''],
      ['Observation', `patient=${patient}`],
      ['Observation', `_id=o-${patient}&_include=Observation:subject`],
    ] as const
    const [path, query] = ways[Math.floor(random() * ways.length)]!
    await get(query === '' ? path + patient : path, query, callerOf(user))
    accesses.push({ at: new Date(time).toISOString(), user, patient })
  }
  // Who asks for the reports is noted, too.
  time = Date.UTC(2026, 7, 1)
}, 60_000)
afterAll(() => server?.close())

interface Found {
  readonly recorded: string
  readonly agent: readonly { readonly who: { readonly reference?: string } }[]
  readonly entity: readonly { readonly what?: { readonly reference?: string } }[]
}

/** What a search of AuditEvents tells: when, who, whose. */
async function report(query: string): Promise<readonly Access[]> {
  const { content } = await get('AuditEvent', `${query}&_count=500&_sort=date`, callerOf('d9', 'admin'))
  const { entry = [] } = JSON.parse(content!) as { entry?: { resource: Found }[] }
  return entry.map(({ resource: { recorded, agent, entity } }) => ({
    at: recorded,
    user: agent.flatMap(({ who }) => who.reference?.split('Practitioner/')[1] ?? [])[0]!,
    patient: entity.flatMap(({ what }) => what?.reference?.split('Patient/')[1] ?? [])[0]!,
  }))
}

const within = (month: number) => `date=ge2026-0${month}-01&date=lt2026-0${month + 1}-01`
const isWithin = (month: number) => (access: Access) => access.at.startsWith(`2026-0${month}`)

describe(`with the seed ${seed}`, () => {
  test.each(patients.flatMap((patient) => months.map((month) => [patient, month] as const)))(
    'who saw the chart of %s in month %i',
    async (patient, month) => {
      const expected = accesses.filter(isWithin(month)).filter((access) => access.patient === patient)
      expect(await report(`patient=${patient}&${within(month)}`)).toEqual(expected)
    },
  )

  test.each(users.flatMap((user) => months.map((month) => [user, month] as const)))(
    'whose charts %s saw in month %i',
    async (user, month) => {
      const expected = accesses.filter(isWithin(month)).filter((access) => access.user === user)
      expect(expected.length).toBeGreaterThan(2)
      expect(await report(`agent=Practitioner/${user}&${within(month)}`)).toEqual(expected)
    },
  )
})

test.each(['practitioner', 'nurse', 'receptionist', 'biller', 'pharmacist', 'labtech'])(
  'a %s does not read who accessed what',
  async (role) => {
    await expect(get('AuditEvent', 'patient=p1', callerOf('d1', role))).rejects.toMatchObject({ status: 403 })
  },
)
