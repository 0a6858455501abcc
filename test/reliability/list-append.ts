/**
 * Whether transactions that append to lists and read them can be put in one order. The lists themselves tell the order of
 * the appends; who read what tells the rest; a cycle among the transactions shows that there is no such order.
 */
import type { Violation } from './operation.ts'

export interface Transaction {
  readonly name: string
  readonly start: number
  /** Infinity where no answer came. */
  readonly end: number
  readonly outcome: 'done' | 'refused' | 'unknown'
  readonly appends: readonly Append[]
  /** What was read after the appends of the same transaction. */
  readonly reads: readonly ListRead[]
}

export interface Append {
  readonly list: string
  /** Unlike any other. */
  readonly item: string
}

export interface ListRead {
  readonly list: string
  readonly items: readonly string[]
}

/**
 * Why one transaction comes before another: its append precedes the other's (`ww`), the other read it (`wr`), it did not
 * read the other's (`rw`), it had ended when the other began (`time`).
 */
type Reason = 'ww' | 'wr' | 'rw' | 'time'

interface Edge {
  readonly to: string
  readonly reason: Reason
}

/** `final` has every list as it is at the end. */
export function checkListAppend(
  transactions: readonly Transaction[],
  final: ReadonlyMap<string, readonly string[]>,
): Violation[] {
  const writers = new Map(transactions.flatMap((one) => one.appends.map(({ item }) => [item, one] as const)))
  const violations = [
    ...checkItems(transactions, final, writers),
    ...checkPrefixes(transactions, final),
    ...checkLost(transactions, final),
  ]
  if (violations.length > 0) return violations
  return checkCycles(transactions, final, writers)
}

/** Every item was appended once, by a transaction that was not refused. */
function checkItems(
  transactions: readonly Transaction[],
  final: ReadonlyMap<string, readonly string[]>,
  writers: ReadonlyMap<string, Transaction>,
): Violation[] {
  const lists = [
    ...[...final].map(([list, items]) => ({ list, items, reader: 'the end' })),
    ...transactions.flatMap(({ name, reads }) => reads.map((read) => ({ ...read, reader: name }))),
  ]
  return lists.flatMap(({ list, items, reader }) => [
    ...items
      .filter((item, i) => items.indexOf(item) !== i)
      .map((item) => ({ rule: 'appended twice', detail: `${reader} read ${item} twice in ${list}` })),
    ...items
      .filter((item) => (writers.get(item)?.outcome ?? 'refused') === 'refused')
      .map((item) => ({ rule: 'aborted read', detail: `${reader} read ${item} in ${list}, which was refused` })),
  ])
}

/** Whatever was read is how a list began: an append is never lost or moved. */
function checkPrefixes(
  transactions: readonly Transaction[],
  final: ReadonlyMap<string, readonly string[]>,
): Violation[] {
  return transactions.flatMap(({ name, reads }) =>
    reads
      .filter(({ list, items }) => items.some((item, i) => final.get(list)?.[i] !== item))
      .map(({ list, items }) => ({
        rule: 'lost append',
        detail: `${name} read ${list} as ${items.join(' ')}, but at the end it is ${final.get(list)?.join(' ')}`,
      })),
  )
}

/** Appends of an acknowledged transaction are there; of others all or none. */
function checkLost(transactions: readonly Transaction[], final: ReadonlyMap<string, readonly string[]>): Violation[] {
  return transactions.flatMap(({ name, outcome, appends }) => {
    const there = appends.filter(({ list, item }) => final.get(list)?.includes(item)).length
    if (there === appends.length || (outcome !== 'done' && there === 0)) return []
    return [{ rule: 'lost append', detail: `${name} was ${outcome}: ${there} of ${appends.length} appends are there` }]
  })
}

function checkCycles(
  transactions: readonly Transaction[],
  final: ReadonlyMap<string, readonly string[]>,
  writers: ReadonlyMap<string, Transaction>,
): Violation[] {
  const applied = transactions.filter(({ outcome, appends }) => {
    const [first] = appends
    return outcome === 'done' || (first && final.get(first.list)?.includes(first.item))
  })
  const edges = dataEdges(applied, final, writers)
  addTime(applied, edges)
  return kinds.flatMap(({ rule, reasons, needs }) => {
    const cycle = findCycle(edges, reasons, needs)
    return cycle ? [{ rule, detail: cycle }] : []
  })
}

/** From the worst to the mildest; each has a reason that those before it lack. */
const kinds: readonly { rule: string; reasons: readonly Reason[]; needs: Reason }[] = [
  { rule: 'write cycle', reasons: ['ww'], needs: 'ww' },
  { rule: 'circular reads', reasons: ['ww', 'wr'], needs: 'wr' },
  { rule: 'stale', reasons: ['ww', 'wr', 'time'], needs: 'time' },
  { rule: 'not serializable', reasons: ['ww', 'wr', 'rw'], needs: 'rw' },
  { rule: 'not serializable in time', reasons: ['ww', 'wr', 'rw', 'time'], needs: 'rw' },
]

type Edges = Map<string, Edge[]>

function dataEdges(
  applied: readonly Transaction[],
  final: ReadonlyMap<string, readonly string[]>,
  writers: ReadonlyMap<string, Transaction>,
): Edges {
  const edges: Edges = new Map(applied.map(({ name }) => [name, []]))
  const add = (from: string | undefined, to: string | undefined, reason: Reason) => {
    if (from !== undefined && to !== undefined && from !== to) edges.get(from)?.push({ to, reason })
  }
  for (const items of final.values()) {
    items.forEach((item, i) => {
      if (i > 0) add(writers.get(items[i - 1]!)!.name, writers.get(item)!.name, 'ww')
    })
  }
  for (const { name, reads } of applied) {
    for (const { list, items } of reads) {
      add(writers.get(items.at(-1) ?? '')?.name, name, 'wr')
      add(name, writers.get(final.get(list)?.[items.length] ?? '')?.name, 'rw')
    }
  }
  return edges
}

/**
 * Each transaction precedes those that began after it ended. It is enough to name those before the first of them has
 * ended; the others follow from them.
 */
function addTime(applied: readonly Transaction[], edges: Edges): void {
  const sorted = [...applied].sort((a, b) => a.start - b.start)
  for (const { name, end } of applied) {
    let first = Number.POSITIVE_INFINITY
    for (let i = firstAfter(sorted, end); i < sorted.length; i++) {
      const later = sorted[i]!
      if (later.start > first) break
      first = Math.min(first, later.end)
      edges.get(name)!.push({ to: later.name, reason: 'time' })
    }
  }
}

/** The index of the first that begins after `time`. */
function firstAfter(sorted: readonly Transaction[], time: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.start > time) high = middle
    else low = middle + 1
  }
  return low
}

/** A short cycle of these reasons with at least one that `needs` names, in words. */
function findCycle(all: Edges, reasons: readonly Reason[], needs: Reason): string | undefined {
  const edges = withoutBeginnings(all, reasons)
  for (const [from, list] of edges) {
    for (const edge of list) {
      if (edge.reason !== needs) continue
      const way = shortestWay(edges, edge.to, from)
      if (way) return `${from} –${edge.reason}→ ${way}`
    }
  }
  return undefined
}

/** Only edges of these reasons, and no transaction that can be put first: without a cycle, none remains. */
function withoutBeginnings(all: Edges, reasons: readonly Reason[]): Edges {
  const edges: Edges = new Map(
    [...all].map(([name, list]) => [name, list.filter(({ reason }) => reasons.includes(reason))]),
  )
  const into = new Map([...edges.keys()].map((name) => [name, 0]))
  for (const { to } of [...edges.values()].flat()) into.set(to, (into.get(to) ?? 0) + 1)
  const first = [...into].flatMap(([name, count]) => (count === 0 ? name : []))
  for (const name of first) {
    for (const { to } of edges.get(name) ?? []) {
      into.set(to, into.get(to)! - 1)
      if (into.get(to) === 0) first.push(to)
    }
    edges.delete(name)
  }
  return edges
}

function shortestWay(edges: Edges, from: string, to: string): string | undefined {
  const words = new Map([[from, from]])
  const queue = [from]
  for (const name of queue) {
    if (name === to) return words.get(name)
    for (const { to: next, reason } of edges.get(name) ?? []) {
      if (words.has(next)) continue
      words.set(next, `${words.get(name)} –${reason}→ ${next}`)
      queue.push(next)
    }
  }
  return undefined
}
