/** Sets of concepts as they grow while a release is read: most have one member, a few have all. */

export interface Growing {
  numbers: Int32Array
  length: number
}

/** One member alone is kept as itself. */
export type Members = number | Growing

export type PostingList = Map<string, Members>

/** Adds a concept to the set of a key. Concepts come one after the other: the same again is the last of the set. */
export function addTo(list: PostingList, key: string, member: number): void {
  const known = list.get(key)
  if (known === undefined) list.set(key, member)
  else if (typeof known === 'number') {
    if (known !== member) list.set(key, { numbers: Int32Array.of(known, member, 0, 0), length: 2 })
  } else if (known.numbers[known.length - 1] !== member) {
    if (known.length === known.numbers.length) {
      const larger = new Int32Array(known.length * 2)
      larger.set(known.numbers)
      known.numbers = larger
    }
    known.numbers[known.length++] = member
  }
}

/** The members by their numbers, ascending, each once. */
export function sortedMembers(members: Members, numbers: Int32Array): Int32Array {
  if (typeof members === 'number') return Int32Array.of(numbers[members]!)
  const sorted = new Int32Array(members.length)
  for (let i = 0; i < members.length; i++) sorted[i] = numbers[members.numbers[i]!]!
  sorted.sort()
  return distinct(sorted)
}

/** The members of several sets: by marking where that is less work than sorting. */
export function unionOf(all: readonly Members[], numbers: Int32Array): Int32Array {
  const total = all.reduce<number>((sum, members) => sum + (typeof members === 'number' ? 1 : members.length), 0)
  if (total < numbers.length / 8) {
    const joined = new Int32Array(total)
    let length = 0
    for (const members of all) {
      if (typeof members === 'number') joined[length++] = numbers[members]!
      else for (let i = 0; i < members.length; i++) joined[length++] = numbers[members.numbers[i]!]!
    }
    return distinct(joined.sort())
  }
  const marks = new Uint8Array(numbers.length)
  for (const members of all) {
    if (typeof members === 'number') marks[numbers[members]!] = 1
    else for (let i = 0; i < members.length; i++) marks[numbers[members.numbers[i]!]!] = 1
  }
  const marked = new Int32Array(Math.min(total, marks.length))
  let length = 0
  for (let number = 0; number < marks.length; number++) if (marks[number] === 1) marked[length++] = number
  return marked.subarray(0, length)
}

function distinct(sorted: Int32Array): Int32Array {
  let length = 0
  for (let i = 0; i < sorted.length; i++) {
    if (length === 0 || sorted[length - 1] !== sorted[i]) sorted[length++] = sorted[i]!
  }
  return sorted.subarray(0, length)
}
