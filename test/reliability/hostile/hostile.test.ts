/** Whatever is sent: no 5xx, no crash, an outcome that helps, and no row changed by what was refused. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom, type Random } from '../../oracle/random/random.ts'
import { randomResource } from '../../support/random-resource.ts'
import { type TestReply, type TestServer, testServer } from '../../support/test-server.ts'
import { seed, size } from '../seed.ts'
import { changesSince, claimOf, takeAccount, unclaimed } from './accounts.ts'
import { complaints } from './judge.ts'
import { hostileRequest } from './kinds.ts'
import type { HostileRequest, Maker } from './request.ts'

let server: TestServer
const known: string[] = []
const types = ['Patient', 'Observation', 'Encounter', 'Questionnaire', 'Basic', 'MedicationRequest', 'Group', 'Binary']

beforeAll(async () => {
  server = await testServer()
  for (const type of types.filter((type) => type !== 'Binary')) await store(type)
}, 120_000)
afterAll(() => server?.close())

/** A few random resources of a type that the server takes. */
async function store(type: string): Promise<void> {
  const random = createRandom(type.length * 7919)
  for (let stored = 0, tried = 0; stored < 4 && tried < 40; tried++) {
    const resource = makerFor(random).resource(type)
    const id = `${type.toLowerCase()}-${tried}`
    const { status } = await server.fhir('PUT', `${type}/${id}`, { ...resource, id })
    if (status === 201) known.push(`${type}/${id}`)
    if (status === 201) stored++
  }
}

function makerFor(random: Random): Maker {
  const { definitions } = server.context
  const codesOf = (valueSet: string) => {
    const codes = definitions.requiredCodes.get(valueSet)
    return codes && [...codes]
  }
  const resource = (type: string) => randomResource(definitions, type, random.next, codesOf)
  return { random, definitions, types, known, resource }
}

/** The request of that number: the same for the same seed, whatever came before it. */
function requestOf(number: number): HostileRequest {
  return hostileRequest(makerFor(createRandom(seed * 1_000_003 + number)))
}

async function send({ method, url, headers, payload }: HostileRequest): Promise<TestReply> {
  return server.inject({ method: method as 'GET', url, headers, ...(payload !== undefined && { payload }) })
}

const count = size(20_000, 200_000)
const batch = 500
const atOnce = 8

/** Sends a batch, some at once; resolves to what is wrong with it. */
async function runBatch(first: number, statuses: Map<string, number>): Promise<string[]> {
  const { context } = server
  const before = await takeAccount(context)
  const failures: string[] = []
  const claims: ReturnType<typeof claimOf>[] = []
  let next = first
  const work = async () => {
    while (next < first + batch) {
      const number = next++
      const request = requestOf(number)
      const reply = await send(request)
      const key = `${request.kind} ${Math.floor(reply.status / 100)}xx`
      statuses.set(key, (statuses.get(key) ?? 0) + 1)
      claims.push(claimOf(request, reply, context))
      const found = complaints(request, reply, context)
      if (found.length > 0)
        failures.push(`#${number} ${described(request)} → ${reply.status}: ${found.slice(0, 3).join('; ')}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))

  const after = await takeAccount(context)
  failures.push(...unclaimed(await changesSince(context, before.seq), claims))
  const removed = claims.some(({ removes }) => removes)
  const [rows, changes] = [after.versions - before.versions, after.changes - before.changes]
  if (!removed && rows !== changes) failures.push(`requests ${first}–${next}: ${rows} rows for ${changes} changes`)
  return failures
}

function described({ kind, method, url, headers, payload }: HostileRequest): string {
  return `${kind}: ${method} ${url.slice(0, 300)} ${JSON.stringify(headers)} ${payload?.toString().slice(0, 300) ?? ''}`
}

test(
  `${count} hostile requests are answered soundly and change nothing (SEED=${seed})`,
  async () => {
    const statuses = new Map<string, number>()
    const failures: string[] = []
    for (let first = 0; first < count && failures.length < 20; first += batch) {
      failures.push(...(await runBatch(first, statuses)))
    }
    expect(failures.slice(0, 20)).toEqual([])
    // Otherwise the requests are so bad that they test one check at the door.
    const kinds = new Set([...statuses.keys()].map((key) => key.slice(0, -4)))
    expect([...kinds].filter((kind) => !statuses.has(`${kind} 4xx`))).toEqual([])
    expect([...kinds].filter((kind) => !statuses.has(`${kind} 2xx`))).toEqual([])
    console.log(
      [...statuses]
        .sort()
        .map(([key, n]) => `${key}: ${n}`)
        .join(', '),
    )
  },
  size(300_000, 3_600_000),
)
