/** Writes the concepts of a release in the order of their hierarchy, and the sets by which they are found. */
import { type Hierarchy, placeConcepts } from '../../fhir/terminology/hierarchy.ts'
import { type Sql, sql } from '../../sql.ts'
import { copyIn } from '../copy.ts'
import { beginRow, type CopyRows, copyRows, putBytes, putInt4, putInt4Array, putNull, putText } from '../copy-format.ts'
import type { Transaction } from '../database.ts'
import { defined, type Gathered } from './gather.ts'
import { encodeNumbers } from './number-sets.ts'
import { type Members, sortedMembers, unionOf } from './posting-lists.ts'
import { flags, lists, longestStart, type ReleaseTable, tableOf } from './tables.ts'

/** Rows that are sent to the database at once. */
export const batchSize = 4000

export function copyStatement(release: number, table: ReleaseTable): Sql {
  return sql`copy ${tableOf(release, table)} from stdin (format binary)`
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
  const hierarchy = placeConcepts(gathered.count, gathered.links)
  const neighbours = neighboursOf(gathered.count, gathered.links, hierarchy)
  const concepts = batches(tx, copyStatement(release, 'concept'))
  for (let number = 0; number < gathered.count; number++) {
    const index = places.keys[hierarchy.indexes[number]!]!
    const state = gathered.states[index]! & ~defined
    putConceptRow(concepts.rows(), { number, index, code: codes[index]!, state }, hierarchy, neighbours)
    await concepts.sendFull()
  }
  await concepts.sendAll()
  codes.length = 0
  report('words')
  const numbers = places.order.map((place) => (place < 0 ? -1 : hierarchy.numbers[place]!))
  const keys = hierarchy.indexes.map((place) => places.keys[place]!)
  await copyPostings(tx, release, gathered, { numbers, keys })
}

interface Places {
  /** By order of arrival, without those that never came; and back, -1 for these. */
  readonly keys: Int32Array
  readonly order: Int32Array
}

/** Parents that no row is about are left out, with the links to them. */
function dropUndefined({ states, links, count }: Gathered, named: number): Places {
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
  return { keys, order }
}

interface Neighbours {
  readonly parents: readonly (readonly number[] | undefined)[]
  readonly children: readonly (readonly number[] | undefined)[]
}

function neighboursOf(count: number, links: Gathered['links'], { numbers }: Hierarchy): Neighbours {
  const parents: (number[] | undefined)[] = new Array(count).fill(undefined)
  const children: (number[] | undefined)[] = new Array(count).fill(undefined)
  const add = (lists: (number[] | undefined)[], at: number, number: number) => {
    const list = lists[at]
    if (!list) lists[at] = [number]
    else if (list.at(-1) !== number) list.push(number)
  }
  for (let i = 0; i < links.length; i++) {
    const [child, parent] = [numbers[links.children[i]!]!, numbers[links.parents[i]!]!]
    add(parents, child, parent)
    add(children, parent, child)
  }
  return { parents, children }
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
  for (const list of [wider.get(number), parents[number], children[number]]) {
    if (list) putInt4Array(rows, list)
    else putNull(rows)
  }
}

/** Rows that are sent whenever there are enough of them. */
function batches(tx: Transaction, statement: Sql) {
  let rows = copyRows()
  let travelling: Promise<void> = Promise.resolve()
  const send = async () => {
    await travelling
    travelling = copyIn(tx.client, [{ statement, rows }])
    travelling.catch(() => {})
    rows = copyRows()
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

/** The number of each concept by its order of arrival, and back. */
interface Numbering {
  readonly numbers: Int32Array
  readonly keys: Int32Array
}

async function copyPostings(tx: Transaction, release: number, gathered: Gathered, numbering: Numbering): Promise<void> {
  const postings = batches(tx, copyStatement(release, 'posting'))
  const put: Put = async (list, word, bytes) => {
    const rows = postings.rows()
    beginRow(rows, 3)
    putText(rows, list)
    putText(rows, word)
    putBytes(rows, bytes)
    await postings.sendFull()
  }
  await putWords(gathered, numbering, put)
  await putValues(gathered, numbering, put)
  await putSets(gathered, numbering, put)
  await postings.sendAll()
}

type Put = (list: string, word: string, bytes: Uint8Array) => Promise<void>

async function putWords({ words }: Gathered, { numbers }: Numbering, put: Put): Promise<void> {
  const starts = new Map<string, Members[]>()
  for (const [word, members] of words) {
    await put(lists.word, word, encodeNumbers(sortedMembers(members, numbers)))
    for (let length = 1; length <= longestStart && length <= word.length; length++) {
      const start = word.slice(0, length)
      const known = starts.get(start)
      if (known) known.push(members)
      else starts.set(start, [members])
    }
  }
  for (const [start, all] of starts) await put(lists.start, start, encodeNumbers(unionOf(all, numbers)))
  words.clear()
}

async function putValues({ values }: Gathered, { numbers }: Numbering, put: Put): Promise<void> {
  for (const [property, list] of values) {
    for (const [value, members] of list) {
      await put(lists.value(property), value, encodeNumbers(sortedMembers(members, numbers)))
    }
    await put(lists.present, property, encodeNumbers(unionOf([...list.values()], numbers)))
    list.clear()
  }
}

async function putSets({ states, lengths }: Gathered, { keys }: Numbering, put: Put): Promise<void> {
  const having = (flag: number, value: number) => {
    const numbers = Int32Array.from(keys.keys())
    return encodeNumbers(numbers.filter((number) => (states[keys[number]!]! & flag) === value))
  }
  await put(lists.set, 'inactive', having(flags.active, 0))
  await put(lists.set, 'abstract', having(flags.abstract, flags.abstract))
  await put(
    lists.set,
    'weights',
    Uint8Array.from(keys, (key) => lengths[key]!),
  )
}
