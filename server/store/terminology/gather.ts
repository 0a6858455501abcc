/** What is remembered of a release while its concepts go by: codes, links, and by which words and values they are found. */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import type { Links } from '../../fhir/terminology/hierarchy.ts'
import { wordsOf } from '../../fhir/terminology/words.ts'
import { addTo, type PostingList } from './posting-lists.ts'
import { flags, longestValue } from './tables.ts'

export interface Gathered {
  /** A code's place in the order of arrival; codes that were only named as parents are among them until the end. */
  readonly indexes: Map<string, number>
  /** By place: `flags`, with `defined` once the concept itself has come. */
  states: Uint8Array
  /** By place: how long the display is, up to 255. */
  lengths: Uint8Array
  readonly links: GrowingLinks
  readonly words: PostingList
  /** By property. */
  readonly values: Map<string, PostingList>
  count: number
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
    words: new Map(),
    values: new Map(),
    count: 0,
  }
}

/** The place of the concept; undefined where its code has come before: the first row counts. */
export function take(gathered: Gathered, row: ConceptRow): number | undefined {
  const index = indexOf(gathered, row.code)
  if ((gathered.states[index]! & defined) !== 0) return undefined
  gathered.count++
  gathered.states[index] = defined | (row.active ? flags.active : 0)
  gathered.lengths[index] = Math.min((row.display ?? row.code).length, 255)
  for (const parent of row.parents ?? []) addLink(gathered, index, indexOf(gathered, parent))
  addWords(gathered, index, row.display ?? row.code)
  for (const { value } of row.designations ?? []) addWords(gathered, index, value)
  for (const { code, value } of row.properties ?? []) {
    const list = gathered.values.get(code) ?? new Map()
    if (list.size === 0) gathered.values.set(code, list)
    addTo(list, value.slice(0, longestValue), index)
    if (value === 'true' && abstractProperties.has(code)) gathered.states[index]! |= flags.abstract
  }
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
    for (const side of ['children', 'parents'] as const) {
      const larger = new Int32Array(links.length * 2)
      larger.set(links[side])
      links[side] = larger
    }
  }
  links.children[links.length] = child
  links.parents[links.length++] = parent
}

function addWords({ words }: Gathered, index: number, text: string): void {
  for (const word of wordsOf(text)) addTo(words, word, index)
}
