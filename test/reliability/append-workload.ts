/** Clients that append to lists and read them, in transactions and alone. A list is the identifiers of a Basic. */
import { createRandom, type Random } from '../oracle/random/random.ts'
import { bundleAnswers, oneAnswer } from './answers.ts'
import type { Answer, Send, Sent } from './client.ts'
import type { Append, ListRead, Transaction } from './list-append.ts'
import { alone, bundled, pathPatch, type Request } from './requests.ts'

export interface AppendOptions {
  readonly servers: readonly Send[]
  readonly clients: number
  readonly seed: number
  readonly name: string
  /** Lists that clients meet on at a time; others follow when these have grown long. */
  readonly lists: number
  readonly transactions: number
}

export interface AppendLog {
  readonly transactions: readonly Transaction[]
  /** Every list at the end. */
  readonly final: ReadonlyMap<string, readonly string[]>
  readonly surprises: readonly string[]
}

interface State {
  readonly options: AppendOptions
  readonly log: Transaction[]
  readonly surprises: string[]
  readonly newItem: () => string
}

/** So many transactions meet on the same lists. */
const generation = 400

export async function runAppends(options: AppendOptions): Promise<AppendLog> {
  let items = 0
  const newItem = () => `${options.name}${++items}`
  const state: State = { options, log: [], surprises: [], newItem }
  const [send] = options.servers as [Send]
  const final = new Map<string, readonly string[]>()
  while (state.log.length < options.transactions) {
    const names = Array.from({ length: options.lists }, (_, i) => `${options.name}g${state.log.length}l${i}`)
    for (const name of names) await send(alone(put(name, [])))
    const until = Math.min(state.log.length + generation, options.transactions)
    await Promise.all(Array.from({ length: options.clients }, (_, id) => runClient(state, id, names, until)))
    for (const name of names) final.set(name, itemsIn(await send(alone(get(name)))))
  }
  return { transactions: state.log, final, surprises: state.surprises }
}

async function runClient(
  { options, log, surprises, newItem }: State,
  id: number,
  names: readonly string[],
  until: number,
) {
  const random = createRandom(options.seed * 2003 + until * 31 + id)
  const send = options.servers[id % options.servers.length]!
  while (log.length < until) {
    const { sent, appends, readsIn } = await random.weighted(steps)({
      names: shuffled(names, random),
      random,
      newItem,
      send,
    })
    const start = performance.now()
    const answer = await send(sent)
    const end = performance.now()
    const known = answer !== undefined && answer.status < 500
    const outcome = !known ? 'unknown' : answer.status < 300 ? 'done' : 'refused'
    const name = `t${log.length}(${sent.method} ${sent.path})`
    const reads = outcome === 'done' ? readsIn(answer!) : []
    log.push({ name, start, end: known ? end : Number.POSITIVE_INFINITY, outcome, appends, reads })
    const sound = known && (outcome === 'done' || answer.status === 409 || answer.status === 412)
    if (!sound) surprises.push(`${name}: ${answer?.status} ${answer?.text.slice(0, 500)}`)
  }
}

interface Step {
  readonly sent: Sent
  readonly appends: readonly Append[]
  readonly readsIn: (answer: Answer) => readonly ListRead[]
}

interface Choice {
  /** In random order. */
  readonly names: readonly string[]
  readonly random: Random
  readonly newItem: () => string
  readonly send: Send
}

const steps: readonly (readonly [number, (choice: Choice) => Step | Promise<Step>])[] = [
  [50, patchAndRead],
  [15, readTogether],
  [10, patchAlone],
  [15, readAlone],
  [10, replaceExpected],
]

/** A transaction that appends to some lists and reads them and others. */
function patchAndRead({ names, random, newItem }: Choice): Step {
  const appends = names.slice(0, 1 + random.below(3)).map((list) => ({ list, item: newItem() }))
  const reads = names.slice(random.below(3), 3 + random.below(2))
  const patches = appends.map(({ list, item }) =>
    random.chance(0.5) ? jsonAppend(list, item) : pathAppend(list, item),
  )
  return { sent: bundled('transaction', [...patches, ...reads.map(get)]), appends, readsIn: readsInBundle }
}

function readTogether({ names }: Choice): Step {
  return { sent: bundled('transaction', names.slice(0, 3).map(get)), appends: [], readsIn: readsInBundle }
}

function patchAlone({ names: [list], random, newItem }: Choice): Step {
  const item = newItem()
  const request = random.chance(0.5) ? jsonAppend(list!, item) : pathAppend(list!, item)
  return { sent: alone(request), appends: [{ list: list!, item }], readsIn: readIn(list!) }
}

function readAlone({ names: [list] }: Choice): Step {
  return { sent: alone(get(list!)), appends: [], readsIn: readIn(list!) }
}

/** A transaction that replaces two lists by longer ones, unless they are no longer what was read. */
async function replaceExpected({ names, newItem, send }: Choice): Promise<Step> {
  const chosen = await Promise.all(
    names.slice(0, 2).map(async (list) => {
      const { etag, resource } = oneAnswer((await send(alone(get(list))))!)
      return { list, item: newItem(), etag: etag!, items: items(resource) }
    }),
  )
  const requests = chosen.map(({ list, item, etag, items }) => ({ ...put(list, [...items, item]), ifMatch: etag }))
  return {
    sent: bundled('transaction', requests),
    appends: chosen.map(({ list, item }) => ({ list, item })),
    readsIn: () => chosen.map(({ list, item, items }) => ({ list, items: [...items, item] })),
  }
}

const readIn = (list: string) => (answer: Answer) => [{ list, items: itemsIn(answer) }]

function readsInBundle(answer: Answer): ListRead[] {
  return bundleAnswers(answer).flatMap(({ resource }) => {
    const { resourceType, id } = (resource ?? {}) as { resourceType?: string; id?: string }
    return resourceType === 'Basic' ? [{ list: id!, items: items(resource) }] : []
  })
}

function itemsIn(answer: Answer | undefined): readonly string[] {
  return items(oneAnswer(answer!).resource)
}

function items(resource: object | undefined): readonly string[] {
  const { identifier = [] } = (resource ?? {}) as { identifier?: readonly { value: string }[] }
  // Patches append to a list that is there.
  return identifier.map(({ value }) => value).slice(1)
}

const nothing = { resource: '', act: 'put' } as const

const get = (id: string): Request => ({ method: 'GET', path: `Basic/${id}`, attempt: nothing })

const put = (id: string, values: readonly string[]): Request => ({
  method: 'PUT',
  path: `Basic/${id}`,
  body: {
    resourceType: 'Basic',
    id,
    identifier: ['first', ...values].map((value) => ({ value })),
    code: { text: 'list' },
  },
  attempt: nothing,
})

const jsonAppend = (id: string, item: string): Request => ({
  method: 'PATCH',
  path: `Basic/${id}`,
  body: [{ op: 'add', path: '/identifier/-', value: { value: item } }],
  contentType: 'application/json-patch+json',
  attempt: nothing,
})

const pathAppend = (id: string, item: string): Request => ({
  method: 'PATCH',
  path: `Basic/${id}`,
  body: pathPatch([
    { name: 'type', valueCode: 'add' },
    { name: 'path', valueString: 'Basic' },
    { name: 'name', valueString: 'identifier' },
    { name: 'value', valueIdentifier: { value: item } },
  ]),
  attempt: nothing,
})

function shuffled(names: readonly string[], random: Random): string[] {
  return names
    .map((name) => ({ name, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name)
}
