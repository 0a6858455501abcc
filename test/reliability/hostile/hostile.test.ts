/** Whatever is sent: no 5xx, no crash, an outcome that helps, and no row changed by what was refused. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRandom, type Random } from '../../oracle/random/random.ts'
import { randomResource } from '../../support/random-resource.ts'
import { plainReply, type TestReply, type TestServer, testServer } from '../../support/test-server.ts'
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
  const reply = await server.inject({
    method: method as 'GET',
    url,
    headers,
    ...(payload !== undefined && { payload }),
  })
  return plainReply(reply)
}

const count = size(20_000, 200_000)
const batch = 500
const atOnce = 8

/** Sends a batch, some at once; notes what is wrong with it. */
async function runBatch(first: number, statuses: Map<string, number>, failures: Failures): Promise<void> {
  const { context } = server
  const before = await takeAccount(context)
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
      const described = `#${number} ${inWords(request)} → ${reply.status}`
      for (const complaint of complaints(request, reply, context)) note(failures, complaint, described)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))

  const after = await takeAccount(context)
  const requests = `requests ${first} to ${next}`
  for (const change of unclaimed(await changesSince(context, before.seq), claims)) note(failures, change, requests)
  const removed = claims.some(({ removes }) => removes)
  const [rows, changes] = [after.versions - before.versions, after.changes - before.changes]
  if (!removed && rows !== changes) note(failures, `${rows} rows for ${changes} changes`, requests)
}

/** One example of each complaint, by what is left of it without what it quotes. */
type Failures = Map<string, string>

function note(failures: Failures, complaint: string, example: string): void {
  const kind = complaint.replace(/'.*'|".*"|\d+/gs, '…').slice(0, 120)
  if (!failures.has(kind)) failures.set(kind, `${complaint.slice(0, 500)} ← ${example}`)
}

function inWords({ kind, method, url, headers, payload }: HostileRequest): string {
  return `${kind}: ${method} ${url.slice(0, 300)} ${JSON.stringify(headers)} ${payload?.toString().slice(0, 300) ?? ''}`
}

test(
  `${count} hostile requests are answered soundly and change nothing (SEED=${seed})`,
  async () => {
    const statuses = new Map<string, number>()
    const failures: Failures = new Map()
    for (let first = 0; first < count && failures.size < 20; first += batch) {
      await runBatch(first, statuses, failures)
    }
    expect([...failures.values()]).toEqual([])
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
