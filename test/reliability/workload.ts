/** Clients that do at random what clients do, all at once, to few resources; everything is logged. */
import type { Random } from '../oracle/random/random.ts'
import { createRandom } from '../oracle/random/random.ts'
import {
  bundleAnswers,
  isExpected,
  type Learned,
  learned,
  nothingLearned,
  type OneAnswer,
  oneAnswer,
} from './answers.ts'
import type { Send } from './client.ts'
import type { Operation } from './operation.ts'
import * as requests from './requests.ts'
import { alone, bundled, type Request, wordsOf } from './requests.ts'

export interface WorkloadOptions {
  /** One per server process. */
  readonly servers: readonly Send[]
  readonly clients: number
  readonly seed: number
  /** Begins all ids and values, so that workloads on one database do not meet. */
  readonly name: string
  /** How many resources and how many criteria the clients meet on. */
  readonly resources: number
  readonly criteria: number
  /** Asked before each request. */
  readonly goesOn: () => boolean
  /** Statuses besides those that a server gives while nothing is broken. */
  readonly tolerated?: readonly number[]
  /** Called after each answer that tells something. */
  readonly onAnswer?: () => void
  /** Waits until servers that were killed are back. */
  readonly untilReady?: () => Promise<void>
}

export interface Workload {
  readonly operations: Operation[]
  /** Answers that no well-formed request should get while nothing is broken. */
  readonly surprises: string[]
  /** Resolves when all clients have stopped. */
  readonly ended: Promise<void>
}

interface Client {
  readonly id: number
  readonly random: Random
  readonly options: WorkloadOptions
  readonly log: Operation[]
  readonly surprises: string[]
  /** The last versions that anyone heard of, for If-Match. */
  readonly versions: Map<string, number>
  /** The resources that criteria were found to stand for. */
  readonly found: Map<string, string>
  readonly newValue: () => string
}

/** Starts the clients. */
export function startWorkload(options: WorkloadOptions): Workload {
  const shared = { log: [], surprises: [], versions: new Map(), found: new Map(), options }
  const work = Array.from({ length: options.clients }, (_, id) => {
    let values = 0
    const newValue = () => `${options.name}c${id}n${++values}`
    return runClient({ ...shared, id, newValue, random: createRandom(options.seed * 1009 + id) })
  })
  return {
    operations: shared.log,
    surprises: shared.surprises,
    ended: Promise.all(work).then(() => {}),
  }
}

/** Runs `count` operations in all. */
export async function runWorkload(options: Omit<WorkloadOptions, 'goesOn'>, count: number): Promise<Workload> {
  const workload: Workload = startWorkload({ ...options, goesOn: () => workload === undefined || left() > 0 })
  const left = () => count - workload.operations.length
  await workload.ended
  return workload
}

async function runClient(client: Client): Promise<void> {
  const { options, random } = client
  // Everything below happens after the workload has been returned.
  await Promise.resolve()
  while (options.goesOn()) {
    const answered = await random.weighted(steps)(client)
    if (answered) options.onAnswer?.()
    else await options.untilReady?.()
  }
}

/** Each resolves to whether there was an answer. */
const steps: readonly (readonly [number, (client: Client) => Promise<boolean>])[] = [
  [75, (client) => sendAlone(client, makeRequest(client))],
  [10, (client) => sendTransaction(client, makeRequests(client))],
  [3, (client) => sendTransaction(client, [...makeRequests(client), impossible(client)])],
  [5, (client) => sendBatch(client, makeRequests(client))],
]

async function sendAlone(client: Client, request: Request): Promise<boolean> {
  const { start, answer, end } = await send(client, alone(request))
  const one = answer && oneAnswer(answer)
  if (one && !isExpected(one)) surprise(client, wordsOf(request), answer.status, answer.text)
  record(client, request, start, one ? learned(request, one, end) : nothingLearned(request.attempt))
  return one !== undefined && one.status < 500
}

let bundles = 0

async function sendTransaction(client: Client, given: readonly Request[]): Promise<boolean> {
  const bundle = `transaction ${++bundles}`
  const { start, answer, end } = await send(client, bundled('transaction', given))
  const answers = answer?.status === 200 ? bundleAnswers(answer) : []
  const one = answer && oneAnswer(answer)
  const torn = answer?.status === 200 && answers.length !== given.length
  if (one && (torn || !isExpected(one))) surprise(client, given.map(wordsOf).join(', '), answer.status, answer.text)
  given.forEach((request, i) => {
    const { attempt } = request
    const own = answers[i]
    const fact = !one || torn ? nothingLearned(attempt) : own ? learned(request, own, end) : refusal(attempt, one, end)
    record(client, request, start, fact, bundle)
  })
  return one !== undefined && one.status < 500
}

/** What is learned of an entry when the whole Bundle failed. */
function refusal(attempt: Request['attempt'], one: OneAnswer, end: number): Learned {
  return one.status >= 500 ? nothingLearned(attempt, one) : { ...attempt, outcome: 'refused', end }
}

async function sendBatch(client: Client, given: readonly Request[]): Promise<boolean> {
  const { start, answer, end } = await send(client, bundled('batch', given))
  const answers = answer?.status === 200 ? bundleAnswers(answer) : []
  if (answer && answers.length === 0) surprise(client, 'batch', answer.status, answer.text)
  given.forEach((request, i) => {
    const own = answers[i]
    if (own && !isExpected(own))
      surprise(client, `batch: ${wordsOf(request)}`, own.status, JSON.stringify(own.resource))
    record(client, request, start, own ? learned(request, own, end) : nothingLearned(request.attempt))
  })
  return answers.length > 0
}

async function send({ options, id }: Client, sent: Parameters<Send>[0]) {
  const { servers } = options
  const server = servers[id % servers.length]!
  const start = performance.now()
  const answer = await server(sent)
  return { start, answer, end: performance.now() }
}

function record(client: Client, request: Request, start: number, fact: Learned, bundle?: string): void {
  const words = wordsOf(request)
  client.log.push({ ...fact, client: client.id, start, words, ...(bundle !== undefined && { bundle }) })
  if (fact.version !== undefined && fact.act !== 'vread') client.versions.set(fact.resource, fact.version)
  if (fact.criterion !== undefined && fact.resource !== '') client.found.set(fact.criterion, fact.resource)
}

function surprise({ surprises, options }: Client, words: string, status: number, text: string): void {
  if (surprises.length < 20 && !options.tolerated?.includes(status))
    surprises.push(`${words}: ${status} ${text.length} characters: ${text.slice(0, 600)}`)
}

type Make = (client: Client, id: string) => Request

/** Requests for a resource that all clients know, by how often they come. */
const onKnown: readonly (readonly [number, Make])[] = [
  [22, (_client, id) => requests.read(id)],
  [5, (_client, id) => requests.find(id)],
  [4, (client, id) => requests.vread(id, 1 + client.random.below(lastVersion(client, id)))],
  [3, (_client, id) => requests.history(id)],
  [22, (client, id) => requests.update(id, client.newValue())],
  [16, (client, id) => requests.update(id, client.newValue(), lastVersion(client, id))],
  [6, (client, id) => requests.jsonPatch(id, client.newValue())],
  [5, (client, id) => requests.fhirPathPatch(id, client.newValue())],
  [4, (client, id) => requests.jsonPatch(id, client.newValue(), lastVersion(client, id))],
  [3, (_client, id) => requests.remove(id)],
  [2, (client, id) => requests.remove(id, lastVersion(client, id))],
]

/** Requests for what a criterion finds. */
const onCriterion: readonly (readonly [number, Make])[] = [
  [10, (client, criterion) => requests.createUnlessFound(criterion, client.newValue())],
  [8, (client, criterion) => requests.updateWhere(criterion, client.newValue())],
  [2, (client, criterion) => requests.remove(foundId(client, criterion))],
]

function makeRequest(client: Client): Request {
  const { random, options } = client
  const kind = random.below(12)
  if (kind === 0) return requests.create(client.newValue())
  if (kind < 4) return random.weighted(onCriterion)(client, `${options.name}k${random.below(options.criteria)}`)
  return random.weighted(onKnown)(client, `${options.name}r${random.below(options.resources)}`)
}

/** Two to six requests of which no two are for the same resource. */
function makeRequests(client: Client): Request[] {
  const made = Array.from({ length: 2 + client.random.below(5) }, () => makeRequest(client))
  const places = new Set<string>()
  return made.filter(({ attempt }) => {
    if (attempt.act === 'history') return false
    const place =
      [...client.found].find(([, name]) => name === attempt.resource)?.[0] ?? attempt.criterion ?? attempt.resource
    if (place === '') return true
    if (places.has(place)) return false
    places.add(place)
    return true
  })
}

/** A version that is not there: the whole transaction fails after all else was done. */
function impossible(client: Client): Request {
  return requests.update(`${client.options.name}never`, client.newValue(), 999_999)
}

function lastVersion({ versions }: Client, id: string): number {
  return versions.get(`Patient/${id}`) ?? 1
}

/** Where nobody found it yet, something that never was; not what `impossible` names, for a transaction may hold both. */
function foundId({ found, options }: Client, criterion: string): string {
  return (found.get(criterion) ?? `Patient/${options.name}missing`).slice('Patient/'.length)
}
