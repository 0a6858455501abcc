/**
 * How one list becomes another, as edits that FHIRPath Patch can express, each on the list as the edits before it left
 * it. Elements are compared by their keys; the fewest edits are not sought, but plain ones.
 */

/**
 * `at` is a position in the list as it then is, `to` one in the new list; `from` is where a moved element is then, and
 * where a changed one was in the old list.
 */
export interface ListEdit {
  readonly kind: 'add' | 'insert' | 'delete' | 'move' | 'change'
  readonly at: number
  readonly to: number
  readonly from: number
}

interface Entry {
  readonly key: string
  readonly from: number
}

/** How many elements in a row tell a shift from an exchange of neighbours. */
const shifted = 4

/** The edits that turn the list with the keys `before` into the one with the keys `after`. */
export function diffLists(before: readonly string[], after: readonly string[]): ListEdit[] {
  const edits: ListEdit[] = []
  const list: Entry[] = before.map((key, from) => ({ key, from }))
  const wanted = counts(after)
  after.forEach((key, to) => {
    while (list.length > after.length && list[to] && list[to].key !== key && !isWanted(list[to], wanted)) {
      edits.push({ kind: 'delete', at: to, to, from: list.splice(to, 1)[0]!.from })
    }
    if (list[to]?.key !== key) edits.push(moveAway(to, list, after, wanted) ?? place(key, to, list, wanted))
    wanted.set(key, wanted.get(key)! - 1)
  })
  while (list.length > after.length) {
    edits.push({ kind: 'delete', at: list.length - 1, to: after.length, from: list.pop()!.from })
  }
  return edits
}

/** Where all that follows stands one too far back, it is the element before that has moved on. */
function moveAway(
  to: number,
  list: Entry[],
  after: readonly string[],
  wanted: ReadonlyMap<string, number>,
): ListEdit | undefined {
  const present = list[to]
  const following = after.slice(to, to + shifted)
  const isShifted = following.length === shifted && following.every((key, i) => list[to + 1 + i]?.key === key)
  if (!present || !isShifted || !isWanted(present, wanted)) return undefined
  const at = Math.min(after.indexOf(present.key, to + 1), list.length - 1)
  list.splice(at, 0, ...list.splice(to, 1))
  return { kind: 'move', at, to, from: to }
}

/** Brings the element that is wanted at a position there: from further on, by a change, or as a new one. */
function place(key: string, to: number, list: Entry[], wanted: ReadonlyMap<string, number>): ListEdit {
  const later = list.findIndex((entry, i) => i > to && entry.key === key)
  if (later >= 0) {
    const [entry] = list.splice(later, 1)
    list.splice(to, 0, entry!)
    return { kind: 'move', at: to, to, from: later }
  }
  const present = list[to]
  if (present && !isWanted(present, wanted)) {
    list[to] = { key, from: -1 }
    return { kind: 'change', at: to, to, from: present.from }
  }
  // The first element of a list that is not there yet cannot be inserted into it.
  const kind = list.length === 0 ? 'add' : 'insert'
  list.splice(to, 0, { key, from: -1 })
  return { kind, at: to, to, from: -1 }
}

function isWanted(entry: Entry, wanted: ReadonlyMap<string, number>): boolean {
  return (wanted.get(entry.key) ?? 0) > 0
}

function counts(keys: readonly string[]): Map<string, number> {
  const counted = new Map<string, number>()
  for (const key of keys) counted.set(key, (counted.get(key) ?? 0) + 1)
  return counted
}
