/**
 * Which terms (words, values of properties) each concept of a release has, noted while the concepts go by: numbers of
 * terms one after the other, concept by concept. Turned round at the end, they are the concepts of each term in order.
 */

export interface TermLog {
  /** Numbers of terms, in pieces; those of the concept at place `k` are from `starts[k]` to `ends[k]`. */
  readonly ids: Int32Array[]
  length: number
  starts: Int32Array
  ends: Int32Array
  /** By term: the place of the concept that had it last. */
  last: Int32Array
  /** How many terms there are, and how many concepts have each. */
  terms: number
  counts: Int32Array
}

const firstSize = 4096
const pieceBits = 20
const pieceSize = 1 << pieceBits
const pieceMask = pieceSize - 1

export function termLog(): TermLog {
  return {
    ids: [],
    length: 0,
    starts: new Int32Array(firstSize),
    ends: new Int32Array(firstSize),
    last: new Int32Array(firstSize).fill(-1),
    terms: 0,
    counts: new Int32Array(firstSize),
  }
}

/** The number of a term that was not there before. */
export function newTerm(log: TermLog): number {
  if (log.terms === log.last.length) {
    log.last = enlarged(log.last, -1)
    log.counts = enlarged(log.counts, 0)
  }
  return log.terms++
}

export function beginConcept(log: TermLog, place: number): void {
  while (place >= log.starts.length) {
    log.starts = enlarged(log.starts, 0)
    log.ends = enlarged(log.ends, 0)
  }
  log.starts[place] = log.length
  log.ends[place] = log.length
}

/** The concept has the term, however often it is told. */
export function note(log: TermLog, place: number, term: number): void {
  if (log.last[term] === place) return
  log.last[term] = place
  log.counts[term]!++
  const at = log.length & pieceMask
  // One array that doubles would take three times its size while it does.
  if (at === 0) log.ids.push(new Int32Array(pieceSize))
  log.ids[log.length++ >>> pieceBits]![at] = term
  log.ends[place] = log.length
}

/** The concepts of each term, ascending: those of `term` are from `starts[term]` to `starts[term + 1]`. */
export interface ConceptsOfTerms {
  readonly starts: Int32Array
  readonly numbers: Int32Array
}

/** `places`: the place of each concept by its number. */
export function conceptsOfTerms(log: TermLog, places: Int32Array): ConceptsOfTerms {
  const starts = new Int32Array(log.terms + 1)
  for (let term = 0; term < log.terms; term++) starts[term + 1] = starts[term]! + log.counts[term]!
  const next = starts.slice()
  const numbers = new Int32Array(log.length)
  for (let number = 0; number < places.length; number++) {
    const place = places[number]!
    for (let i = log.starts[place]!; i < log.ends[place]!; i++) numbers[next[termAt(log, i)]!++] = number
  }
  return { starts, numbers }
}

function termAt({ ids }: TermLog, i: number): number {
  return ids[i >>> pieceBits]![i & pieceMask]!
}

/** The same for groups of terms: a concept is in a group if it has one of its terms. */
export function conceptsOfGroups(
  log: TermLog,
  places: Int32Array,
  groupOf: Int32Array,
  groups: number,
): ConceptsOfTerms {
  const last = new Int32Array(groups)
  const starts = new Int32Array(groups + 1)
  const visit = (take: (group: number, number: number) => void) => {
    last.fill(-1)
    for (let number = 0; number < places.length; number++) {
      const place = places[number]!
      for (let i = log.starts[place]!; i < log.ends[place]!; i++) {
        const group = groupOf[termAt(log, i)]!
        if (group < 0 || last[group] === number) continue
        last[group] = number
        take(group, number)
      }
    }
  }
  visit((group) => starts[group + 1]!++)
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!
  const next = starts.slice()
  const numbers = new Int32Array(starts[groups]!)
  visit((group, number) => {
    numbers[next[group]!++] = number
  })
  return { starts, numbers }
}

export function enlarged(numbers: Int32Array, filler: number): Int32Array {
  const larger = new Int32Array(numbers.length * 2)
  larger.set(numbers)
  if (filler !== 0) larger.fill(filler, numbers.length)
  return larger
}
