/** Many clients that read, search and write at once, each on a connection of its own. */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../support/random.ts'
import { type HttpConnection, openConnection, type WireReply, type WireRequest, wireBytes } from './http-connection.ts'
import { type CrowdAction, type CrowdJob, type JobResult, summary, timesOf } from './jobs.ts'

/** What a client created and has not deleted: `Patient/1` and the body. */
interface Created {
  readonly reference: string
  readonly body: string
}

interface Seen {
  readonly all: number[]
  readonly times: Map<string, number[]>
  errors: number
  bytes: number
  firstError: string | undefined
}

export async function crowd(job: CrowdJob): Promise<JobResult> {
  const connections: HttpConnection[] = []
  // A few at a time: a thousand at once would overrun the queue of connections that are not accepted yet.
  while (connections.length < job.connections) {
    const count = Math.min(50, job.connections - connections.length)
    connections.push(...(await Promise.all(Array.from({ length: count }, () => openConnection(job.port)))))
  }
  const seen: Seen = { all: [], times: new Map(), errors: 0, bytes: 0, firstError: undefined }
  const start = performance.now()
  await Promise.all(connections.map((connection, i) => live(connection, randomFrom(job.seed + i), job, seen)))
  const seconds = (performance.now() - start) / 1000
  for (const connection of connections) connection.close()
  const actions = Object.fromEntries([...seen.times].map(([name, times]) => [name, timesOf(times, seconds)]))
  return { ...summary(seen.all, seconds, seen), actions }
}

async function live(connection: HttpConnection, random: () => number, job: CrowdJob, seen: Seen): Promise<void> {
  const created: Created[] = []
  const end = performance.now() + job.milliseconds
  // Clients do not come all at the same moment.
  await sleep(random() * Math.max(job.pause, 100))
  while (performance.now() < end) {
    const action = choose(job.actions, random(), created.length > 0)
    const { request, target } = requestOf(action, created, random)
    const sent = performance.now()
    const reply = await connection.send(wireBytes(request)).catch(lost)
    note(seen, action.name, performance.now() - sent, reply)
    if (reply.status === lostStatus) return
    if (reply.status < 400) remember(created, request, reply, target)
    if (job.pause > 0) await sleep(random() * 2 * job.pause)
  }
}

const lostStatus = 999

/** A connection that broke counts as an error and ends its client. */
function lost(error: Error): WireReply {
  return { status: lostStatus, headers: '', body: Buffer.from(error.message) }
}

/** By share; who has created nothing yet does what needs nothing. */
function choose(actions: readonly CrowdAction[], at: number, any: boolean): CrowdAction {
  const possible = any ? actions : actions.filter((action) => action.on === undefined)
  const total = possible.reduce((sum, action) => sum + action.share, 0)
  let rest = at * total
  for (const action of possible) {
    rest -= action.share
    if (rest < 0) return action
  }
  return possible[0]!
}

function requestOf(
  action: CrowdAction,
  created: readonly Created[],
  random: () => number,
): { request: WireRequest; target?: number } {
  const request = action.requests[Math.floor(random() * action.requests.length)]!
  if (action.on === undefined) return { request }
  const target = Math.floor(random() * created.length)
  const { reference, body } = created[target]!
  const withBody = request.method === 'PUT' ? { body } : {}
  return { request: { method: request.method, path: `/fhir/${reference}`, ...withBody }, target }
}

function remember(created: Created[], request: WireRequest, reply: WireReply, target: number | undefined): void {
  if (request.method === 'DELETE') created.splice(target!, 1)
  if (request.method !== 'POST') return
  const reference = /\r\nlocation: \S*\/fhir\/(\w+\/[\w.-]+)/i.exec(reply.headers)?.[1]
  if (reference === undefined) return
  const id = reference.split('/')[1]
  created.push({ reference, body: request.body!.replace('{', `{"id":"${id}",`) })
}

function note(seen: Seen, name: string, time: number, reply: WireReply): void {
  seen.all.push(time)
  const times = seen.times.get(name) ?? []
  seen.times.set(name, times)
  times.push(time)
  seen.bytes += reply.body.length
  if (reply.status < 400) return
  seen.errors++
  seen.firstError ??= `${name}: ${reply.status} ${reply.body.toString('utf8').slice(0, 500)}`
}
