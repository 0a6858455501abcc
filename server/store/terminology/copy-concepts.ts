/** Writes the concepts of a release in the order of their hierarchy, and the sets by which they are found. */
import { circleIn, type Hierarchy, type Lists, listsBy, placeConcepts } from '../../fhir/terminology/hierarchy.ts'
import { type Sql, sql } from '../../sql.ts'
import { copyIn } from '../copy.ts'
import { beginRow, type CopyRows, copyRows, putBytes, putInt4, putInt4Array, putNull, putText } from '../copy-format.ts'
import type { Transaction } from '../database.ts'
import { defined, type Gathered } from './gather.ts'
import { encodeNumbers } from './number-sets.ts'
import { createIndexes, flags, lists, longestStart, type ReleaseTable, tableOf } from './tables.ts'
import { type ConceptsOfTerms, conceptsOfGroups, conceptsOfTerms } from './term-log.ts'

/** Rows that are sent to the database at once. */
export const batchSize = 4000

export function copyStatement(release: number, table: ReleaseTable): Sql {
  return sql`copy ${tableOf(release, table)} from stdin (format binary, freeze)`
}

/** Gives the rows of a table their indexes. */
export async function indexTable(tx: Transaction, release: number, table: ReleaseTable): Promise<void> {
  await tx.query(createIndexes(release, table), { prepared: false })
}

/** Concepts of a release lie below each other: each right below the next, the last below the first. */
export class CircularReleaseError extends Error {
  readonly codes: readonly string[]

  constructor(codes: readonly string[]) {
    super(`Concepts lie below each other in a circle: ${[...codes, codes[0]].join(' → ')}.`)
    this.codes = codes
  }
}

/** Empties what was gathered as it goes: a large release takes hundreds of megabytes. */
export async function copyConcepts(
  tx: Transaction,
  release: number,
  gathered: Gathered,
  report: (step: 'hierarchy' | 'words') => void,
): Promise<void> {
  report('hierarchy')
  const codes = [...gathered.indexes.keys()]
  gathered.indexes.clear()
  const places = dropUndefined(gathered, codes.length)
  const circle = circleIn(gathered.count, gathered.links)
  if (circle.length > 0) throw new CircularReleaseError(circle.map((index) => codes[places[index]!]!))
  const hierarchy = placeConcepts(gathered.count, gathered.links)
  const neighbours = neighboursOf(gathered.count, gathered.links, hierarchy)
  const concepts = batches(tx, copyStatement(release, 'concept'), () => report('hierarchy'))
  for (let number = 0; number < gathered.count; number++) {
    const index = places[hierarchy.indexes[number]!]!
    const state = gathered.states[index]! & ~defined
    putConceptRow(concepts.rows(), { number, index, code: codes[index]!, state }, hierarchy, neighbours)
    await concepts.sendFull()
  }
  await concepts.sendAll()
  codes.length = 0
  report('words')
  const arrived = hierarchy.indexes.map((index) => places[index]!)
  await Promise.all([
    indexTable(tx, release, 'concept'),
    copyPostings(tx, release, gathered, arrived, () => report('words')),
  ])
}

/** Parents that no row is about are left out, with the links to them: the places of those that came. */
function dropUndefined({ states, links, count }: Gathered, named: number): Int32Array {
  const order = new Int32Array(named).fill(-1)
  const keys = new Int32Array(count)
  let place = 0
  for (let index = 0; index < named; index++) {
    if ((states[index]! & defined) === 0) continue
    order[index] = place
    keys[place++] = index
  }
  let length = 0
  for (let i = 0; i < links.length; i++) {
    const [child, parent] = [order[links.children[i]!]!, order[links.parents[i]!]!]
    if (child < 0 || parent < 0) continue
    links.children[length] = child
    links.parents[length++] = parent
  }
  links.length = length
  return keys
}

/** By number, the numbers of the concepts right above and below. */
interface Neighbours {
  readonly parents: Lists
  readonly children: Lists
}

function neighboursOf(
  count: number,
  { children, parents, length }: Gathered['links'],
  { numbers }: Hierarchy,
): Neighbours {
  const below = children.subarray(0, length).map((index) => numbers[index]!)
  const above = parents.subarray(0, length).map((index) => numbers[index]!)
  return { parents: listsBy(count, below, above, length), children: listsBy(count, above, below, length) }
}

function listAt({ starts, values }: Lists, key: number): Int32Array | undefined {
  const [start, end] = [starts[key]!, starts[key + 1]!]
  return end > start ? values.subarray(start, end) : undefined
}

function putConceptRow(
  rows: CopyRows,
  { number, index, code, state }: { number: number; index: number; code: string; state: number },
  { sizes, wider }: Hierarchy,
  { parents, children }: Neighbours,
): void {
  beginRow(rows, 8)
  putInt4(rows, number)
  putInt4(rows, index)
  putText(rows, code)
  putInt4(rows, state)
  putInt4(rows, sizes[number]!)
  putSet(rows, wider.get(number))
  const above = listAt(parents, number)
  if (above) putInt4Array(rows, above)
  else putNull(rows)
  putSet(rows, listAt(children, number)?.sort())
}

function putSet(rows: CopyRows, numbers: Int32Array | undefined): void {
  if (numbers) putBytes(rows, encodeNumbers(numbers))
  else putNull(rows)
}

/** Rows that are sent whenever there are enough of them; `report` is called each time. */
function batches(tx: Transaction, statement: Sql, report: () => void) {
  let rows = copyRows()
  let travelling: Promise<void> = Promise.resolve()
  const send = async () => {
    await travelling
    travelling = copyIn(tx.client, [{ statement, rows }])
    travelling.catch(() => {})
    rows = copyRows()
    report()
  }
  return {
    rows: () => rows,
    sendFull: async () => {
      if (rows.count >= batchSize || rows.full.length >= mostChunks) await send()
    },
    sendAll: async () => {
      await send()
      await travelling
    },
  }
}

const mostChunks = 32

/** `places`: the place in the order of arrival of each concept by its number. */
async function copyPostings(
  tx: Transaction,
  release: number,
  gathered: Gathered,
  places: Int32Array,
  report: () => void,
): Promise<void> {
  const postings = batches(tx, copyStatement(release, 'posting'), report)
  const put: Put = async (list, word, bytes) => {
    const rows = postings.rows()
    beginRow(rows, 3)
    putText(rows, list)
    putText(rows, word)
    putBytes(rows, bytes)
    await postings.sendFull()
  }
  await putTerms(gathered, conceptsOfTerms(gathered.log, places), put)
  for (let length = 1; length <= longestStart; length++) await putStarts(gathered, places, length, put)
  await putSets(gathered, places, put)
  await postings.sendAll()
}

type Put = (list: string, word: string, bytes: Uint8Array) => Promise<void>

async function putTerms({ words: { words, terms }, properties }: Gathered, found: ConceptsOfTerms, put: Put) {
  const encoded = (term: number) => encodeNumbers(found.numbers.subarray(found.starts[term]!, found.starts[term + 1]!))
  for (let word = 0; word < words.length; word++) await put(lists.word, words[word]!, encoded(terms[word]!))
  for (const [code, { values, present }] of properties) {
    for (const [value, term] of values) await put(lists.value(code), value, encoded(term))
    await put(lists.present, code, encoded(present))
  }
}

/** All words that begin with the same letters have a set together: there are too many of them to unite on demand. */
async function putStarts({ words: { words, terms }, log }: Gathered, places: Int32Array, length: number, put: Put) {
  const groups = new Map<string, number>()
  const groupOf = new Int32Array(log.terms).fill(-1)
  words.forEach((word, i) => {
    if (word.length < length) return
    const start = word.slice(0, length)
    const group = groups.get(start) ?? groups.size
    groups.set(start, group)
    groupOf[terms[i]!] = group
  })
  const { starts, numbers } = conceptsOfGroups(log, places, groupOf, groups.size)
  for (const [start, group] of groups) {
    await put(lists.start, start, encodeNumbers(numbers.subarray(starts[group]!, starts[group + 1]!)))
  }
}

async function putSets({ states, lengths }: Gathered, places: Int32Array, put: Put): Promise<void> {
  const having = (flag: number, value: number) => {
    const numbers = Int32Array.from(places.keys())
    return encodeNumbers(numbers.filter((number) => (states[places[number]!]! & flag) === value))
  }
  await put(lists.set, 'inactive', having(flags.active, 0))
  await put(lists.set, 'abstract', having(flags.abstract, flags.abstract))
  await put(
    lists.set,
    'weights',
    Uint8Array.from(places, (place) => lengths[place]!),
  )
}
