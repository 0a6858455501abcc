/**
 * Whether what concurrent clients saw can be explained by one order of the versions of each resource. Versions are
 * numbered, so that no search for an order is needed: every operation has a place, and places must agree with time.
 */
import { type Histories, type HistoryEntry, type Operation, told, type Violation } from './operation.ts'

/** All violations of the promises about single resources; none for a server that keeps them. */
export function checkVersionOrder(operations: readonly Operation[], histories: Histories): Violation[] {
  const byResource = Map.groupBy(operations, ({ resource }) => resource)
  const names = new Set([...byResource.keys(), ...histories.keys()].filter((name) => name !== ''))
  const unanswered = byResource.get('') ?? []
  return [...names].flatMap((name) =>
    checkResource(name, byResource.get(name) ?? [], histories.get(name) ?? [], unanswered),
  )
}

function checkResource(
  name: string,
  operations: readonly Operation[],
  history: readonly HistoryEntry[],
  unanswered: readonly Operation[],
): Violation[] {
  return [
    ...checkNumbers(name, history),
    ...checkWrittenOnce(operations),
    ...checkAnswers(operations, history),
    ...checkExpectations(operations),
    ...checkOrigins(name, history, [...operations, ...unanswered]),
    ...checkRealTime(operations, history),
  ]
}

/** Versions are 1, 2, 3 and so on, and no value is stored twice: nothing was carried out again. */
function checkNumbers(name: string, history: readonly HistoryEntry[]): Violation[] {
  const gaps = history.filter(({ version }, i) => version !== i + 1)
  const values = history.flatMap(({ value }) => value ?? [])
  const repeated = values.filter((value, i) => values.indexOf(value) !== i)
  return [
    ...gaps.slice(0, 1).map(({ version }) => violation('numbers', `${name} has version ${version} out of order`)),
    ...repeated.map((value) => violation('written twice', `${name} has the value ${value} in several versions`)),
  ]
}

/** No two writes are told the same version. Deletes may be: who deletes what is deleted learns its last version. */
function checkWrittenOnce(operations: readonly Operation[]): Violation[] {
  const writes = operations.filter(({ act, outcome, version }) => act === 'put' && outcome === 'done' && version)
  return [...Map.groupBy(writes, ({ version }) => version).values()]
    .filter((same) => same.length > 1)
    .map((same) => violation('one writer', same.map(told).join(' and ')))
}

/** Whoever was answered was told what the history tells. */
function checkAnswers(operations: readonly Operation[], history: readonly HistoryEntry[]): Violation[] {
  const entries = new Map(history.map((entry) => [entry.version, entry]))
  return operations.flatMap((operation) => {
    const { act, outcome, version, value, absent, versions } = operation
    if (outcome !== 'done') return []
    if (act === 'history') return checkHistoryAnswer(operation, versions ?? [])
    if (version === undefined || absent === 'never' || (act !== 'delete' && !absent && value === undefined)) return []
    const entry = entries.get(version)
    if (!entry) return [violation('lost', `${told(operation)}, but there is no such version`)]
    const expected = act === 'delete' ? undefined : value
    if (entry.value === expected) return []
    return [violation('content', `${told(operation)}, but the version is ${entry.value ?? 'a deletion'}`)]
  })
}

function checkHistoryAnswer(operation: Operation, versions: readonly number[]): Violation[] {
  const whole = versions.every((version, i) => version === versions[0]! - i)
  return whole ? [] : [violation('numbers', `${told(operation)} has the versions ${versions.join(', ')}`)]
}

/**
 * If-Match: n makes version n + 1, and is refused only by another version. Who deletes what is deleted changes nothing:
 * for that see the origins.
 */
function checkExpectations(operations: readonly Operation[]): Violation[] {
  return operations.flatMap((operation) => {
    const { act, expected, version, actual, outcome } = operation
    if (expected === undefined) return []
    if (outcome === 'done' && act === 'put' && version !== expected + 1) {
      return [violation('if-match', `${told(operation)} expected version ${expected}`)]
    }
    if (outcome === 'refused' && actual === expected) {
      return [violation('if-match', `${told(operation)} was refused by the very version ${expected} that it expected`)]
    }
    return []
  })
}

/** Every stored version was written by somebody, and what was refused is not stored. */
function checkOrigins(name: string, history: readonly HistoryEntry[], operations: readonly Operation[]): Violation[] {
  const writers = new Map(
    operations.filter(({ act }) => act === 'put').map((operation) => [operation.value, operation]),
  )
  const deletes = operations.filter(({ act, outcome }) => act === 'delete' && outcome !== 'refused')
  const able = deletes.filter(({ version, expected }) => expected === undefined || expected + 1 === version)
  const claimed = new Set(able.map(({ version }) => version))
  const unclaimed = deletes.filter(({ version }) => version === undefined).length
  const ownerless = history.filter(({ version, value }) => value === undefined && !claimed.has(version))
  const strange = history.flatMap(({ version, value }) => {
    if (value === undefined) return []
    const writer = writers.get(value)
    if (!writer) return [violation('origin', `${name} version ${version} is ${value}, which nobody wrote`)]
    if (writer.outcome !== 'refused') return []
    return [violation('refused', `${told(writer)}, but it is stored as version ${version}`)]
  })
  return ownerless.length > unclaimed
    ? [...strange, violation('origin', `${name} was deleted in version ${ownerless[0]!.version} by nobody`)]
    : strange
}

/** An operation with its place: after how many versions it happened. */
interface Placed {
  readonly operation: Operation
  readonly place: number
  /** `makes`: it made the version of its place, so that nothing before it can be there. `old`: it may look back. */
  readonly kind: 'makes' | 'sees' | 'old'
}

/** What ended before something else began has an earlier place, or the same where that is a read. */
function checkRealTime(operations: readonly Operation[], history: readonly HistoryEntry[]): Violation[] {
  const written = new Map(history.map(({ version, value }) => [value, version]))
  const sorted = [...operations].sort((a, b) => a.start - b.start)
  const ended = endedOperations()
  const violations: Violation[] = []
  for (const operation of sorted) {
    const before = ended.latestBefore(operation.start)
    const placed = placeOf(operation, before?.place ?? 0, history, written)
    if (!placed) continue
    const least = before ? before.place + (placed.kind === 'makes' ? 1 : 0) : 0
    if (placed.kind !== 'old' && placed.place < least) {
      const earlier = before ? `${told(before.operation)} came before ` : ''
      violations.push(violation('real time', `${earlier}${told(operation)}`))
    }
    if (Number.isFinite(operation.end)) ended.add(placed)
  }
  return [...violations, ...checkFuture(operations, history)]
}

/** Operations that have ended as far as the sweep has come, and the latest place among them. */
function endedOperations() {
  const pending: Placed[] = []
  let latest: Placed | undefined
  return {
    add: (placed: Placed) => void pending.push(placed),
    latestBefore: (time: number) => {
      for (let i = pending.length - 1; i >= 0; i--) {
        const placed = pending[i]!
        if (placed.operation.end >= time) continue
        if (!latest || placed.place > latest.place) latest = placed
        pending[i] = pending.at(-1)!
        pending.pop()
      }
      return latest
    },
  }
}

/** `least` is the place of what certainly came before. Undefined: the operation has no place, or none that is known. */
function placeOf(
  operation: Operation,
  least: number,
  history: readonly HistoryEntry[],
  written: ReadonlyMap<string | undefined, number>,
): Placed | undefined {
  const { act, outcome, version, value, absent, actual, versions } = operation
  const at = (place: number | undefined, kind: Placed['kind'] = 'sees') =>
    place === undefined ? undefined : { operation, place, kind }
  if (outcome === 'refused') return at(actual)
  if (act === 'put') return at(outcome === 'done' ? version : written.get(value), 'makes')
  if (outcome === 'unknown') return undefined
  // A version that is not there yet: all that is known is that what came before has made fewer.
  if (act === 'vread') return absent === 'never' ? (version! <= least ? at(-1) : undefined) : at(version, 'old')
  if (act === 'history') return at(versions?.[0] ?? absencePlace('never', least, history))
  return at(absent ? absencePlace(absent, least, history) : version)
}

/** The first place from `least` on where the resource is absent; an impossible one where there is none. */
function absencePlace(absent: Operation['absent'], least: number, history: readonly HistoryEntry[]): number {
  if (absent === 'never' || (absent === 'either' && least === 0)) return 0
  const deletion = history.find(({ version, value }) => version >= least && value === undefined)
  return deletion?.version ?? -1
}

/** Nothing is read before the request that wrote it was sent. */
function checkFuture(operations: readonly Operation[], history: readonly HistoryEntry[]): Violation[] {
  const begun = new Map<string, Operation>()
  for (const operation of operations) {
    if (operation.act === 'put' && operation.value !== undefined) begun.set(operation.value, operation)
  }
  const values = new Map(history.map(({ version, value }) => [version, value]))
  return operations.flatMap((operation) => {
    const { act, outcome, end, absent } = operation
    if (outcome !== 'done' || act === 'put' || act === 'delete' || absent) return []
    const version = act === 'history' ? operation.versions?.[0] : operation.version
    const writer = begun.get(values.get(version ?? 0) ?? '')
    if (!writer || writer.start <= end) return []
    return [violation('real time', `${told(operation)} came before its writer ${told(writer)}`)]
  })
}

function violation(rule: string, detail: string): Violation {
  return { rule, detail }
}
