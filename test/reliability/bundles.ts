/** Whether transaction Bundles happened whole or not at all, and conditional creates had one winner. */
import { type Histories, type Operation, told, type Violation } from './operation.ts'

/** All entries of a transaction are stored, or none of them; none of one that was refused. */
export function checkBundles(operations: readonly Operation[], histories: Histories): Violation[] {
  const stored = storedValues(histories)
  const inBundles = operations.filter(({ bundle, act }) => bundle !== undefined && act === 'put')
  return [...Map.groupBy(inBundles, ({ bundle }) => bundle!)].flatMap(([bundle, entries]) => {
    const { outcome } = entries[0]!
    // Of a conditional create that was not answered nobody knows whether it had something to write.
    const certain = entries.filter(({ mayFind }) => outcome !== 'unknown' || !mayFind)
    const there = certain.filter(({ value }) => stored.has(value!)).length
    const none = there === 0 && outcome !== 'done'
    const all = there === certain.length && outcome !== 'refused'
    if (none || all) return []
    const detail = `${bundle} was ${outcome}: ${there} of ${entries.length} entries are stored: ${entries.map(told).join('; ')}`
    return [{ rule: 'atomic', detail }]
  })
}

/**
 * Of two resources that the same criteria made, one was deleted before the other was made. A resource that was made in
 * spite of another shows that two requests found nothing.
 */
export function checkOneWinner(operations: readonly Operation[], histories: Histories): Violation[] {
  const firsts = new Map([...histories].map(([name, [first]]) => [first?.value, name]))
  const made = operations.flatMap((operation) => {
    const { act, criterion, outcome, value, version } = operation
    const name = firsts.get(value)
    const wins = act === 'put' && criterion !== undefined && name !== undefined && outcome !== 'refused'
    return wins && (version ?? 1) === 1 ? [{ operation, name, criterion }] : []
  })
  const deletes = Map.groupBy(
    operations.filter(({ act, outcome }) => act === 'delete' && outcome !== 'refused'),
    ({ resource }) => resource,
  )
  const goneBefore = (name: string, other: Operation) =>
    (deletes.get(name) ?? []).some(({ start }) => start <= other.end)
  return [...Map.groupBy(made, ({ criterion }) => criterion).values()].flatMap((makers) =>
    makers.flatMap((one, i) =>
      makers
        .slice(i + 1)
        .filter((other) => !goneBefore(one.name, other.operation) && !goneBefore(other.name, one.operation))
        .map((other) => ({
          rule: 'one winner',
          detail: `${told(one.operation)} made ${one.name}, ${told(other.operation)} made ${other.name}`,
        })),
    ),
  )
}

function storedValues(histories: Histories): ReadonlySet<string> {
  return new Set([...histories.values()].flatMap((history) => history.flatMap(({ value }) => value ?? [])))
}
