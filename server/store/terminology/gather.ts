/** What is remembered of a release while its concepts go by: codes, links, and by which words and values they are found. */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import type { Links } from '../../fhir/terminology/hierarchy.ts'
import { eachWord } from '../../fhir/terminology/words.ts'
import { flags, longestValue } from './tables.ts'
import { beginConcept, enlarged, newTerm, note, type TermLog, termLog } from './term-log.ts'
import { termOfWord, type WordTable, wordTable } from './word-table.ts'

export interface Gathered {
  /** A code's place in the order of arrival; codes that were only named as parents are among them until the end. */
  readonly indexes: Map<string, number>
  /** By place: `flags`, with `defined` once the concept itself has come. */
  states: Uint8Array
  /** By place: how long the display is, up to 255. */
  lengths: Uint8Array
  readonly links: GrowingLinks
  readonly log: TermLog
  readonly words: WordTable
  readonly properties: Map<string, PropertyTerms>
  count: number
}

export interface PropertyTerms {
  /** The term of each value, and the one of all who have the property. */
  readonly values: Map<string, number>
  readonly present: number
}

interface GrowingLinks extends Links {
  children: Int32Array
  parents: Int32Array
  length: number
}

/** In `states`: the concept itself has come, and was not only named. */
export const defined = 128

const firstSize = 4096

export function gather(): Gathered {
  return {
    indexes: new Map(),
    states: new Uint8Array(firstSize),
    lengths: new Uint8Array(firstSize),
    links: { children: new Int32Array(firstSize), parents: new Int32Array(firstSize), length: 0 },
    log: termLog(),
    words: wordTable(),
    properties: new Map(),
    count: 0,
  }
}

/** The place of the concept; undefined where its code has come before: the first row counts. */
export function take(gathered: Gathered, row: ConceptRow): number | undefined {
  const index = indexOf(gathered, row.code)
  if ((gathered.states[index]! & defined) !== 0) return undefined
  gathered.count++
  gathered.states[index] = defined | (row.active ? flags.active : 0)
  const display = row.display ?? row.code
  gathered.lengths[index] = Math.min(display.length, 255)
  beginConcept(gathered.log, index)
  for (const parent of row.parents ?? []) addLink(gathered, index, indexOf(gathered, parent))
  addWords(gathered, index, display)
  for (const { value } of row.designations ?? []) {
    // Many are the display with something behind it: of those only that is new.
    addWords(gathered, index, value.startsWith(`${display} `) ? value.slice(display.length) : value)
  }
  for (const { code, value } of row.properties ?? []) addProperty(gathered, index, code, value)
  return index
}

const abstractProperties: ReadonlySet<string> = new Set(['notSelectable', 'abstract'])

function indexOf(gathered: Gathered, code: string): number {
  const known = gathered.indexes.get(code)
  if (known !== undefined) return known
  const index = gathered.indexes.size
  gathered.indexes.set(code, index)
  if (index === gathered.states.length) {
    gathered.states = doubled(gathered.states)
    gathered.lengths = doubled(gathered.lengths)
  }
  return index
}

function doubled(bytes: Uint8Array): Uint8Array {
  const larger = new Uint8Array(bytes.length * 2)
  larger.set(bytes)
  return larger
}

function addLink({ links }: Gathered, child: number, parent: number): void {
  if (links.length === links.children.length) {
    links.children = enlarged(links.children, 0)
    links.parents = enlarged(links.parents, 0)
  }
  links.children[links.length] = child
  links.parents[links.length++] = parent
}

function addWords({ words, log }: Gathered, index: number, text: string): void {
  const makeTerm = () => newTerm(log)
  eachWord(text, (folded, start, end) => note(log, index, termOfWord(words, folded, start, end, makeTerm)))
}

function addProperty({ properties, log, states }: Gathered, index: number, code: string, value: string): void {
  let property = properties.get(code)
  if (!property) {
    property = { values: new Map(), present: newTerm(log) }
    properties.set(code, property)
  }
  const key = value.length > longestValue ? value.slice(0, longestValue) : value
  let term = property.values.get(key)
  if (term === undefined) {
    term = newTerm(log)
    property.values.set(key, term)
  }
  note(log, index, term)
  note(log, index, property.present)
  if (value === 'true' && abstractProperties.has(code)) states[index]! |= flags.abstract
}
