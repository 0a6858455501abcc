/** Parameters over words and lists. https://hl7.org/fhir/R4/search.html#content, https://hl7.org/fhir/R4/search.html#list */
import { splitAt, unescaped } from './query.ts'
import { localKey, parseReference } from './values/reference.ts'
import { wordsOf } from './values/string.ts'
import type { Mask, Population, Resource, World } from './world.ts'
import { remember } from './world.ts'

/** Members in which every word of one of the alternatives begins a word of the text. */
export function matchWords(_world: World, population: Population, part: 'content' | 'narrative', value: string): Mask {
  const index = remember(population.memory, `words ${part}`, () => indexWords(population, texts[part]))
  const mask = new Array<boolean>(population.members.length).fill(false)
  for (const alternative of splitAt(value, ',')) {
    const words = wordsOf(unescaped(alternative))
    const found = words.map((word) => membersWith(index, word))
    if (words.length > 0) for (const i of found[0]!) if (found.every((set) => set.has(i))) mask[i] = true
  }
  return mask
}

/** Members that the entries of a List refer to. */
export function inList(world: World, population: Population, value: string): Mask {
  const keys = new Set(splitAt(value, ',').flatMap((id) => listed(world, unescaped(id))))
  return population.members.map((member) => keys.has(member.key))
}

/** Every string of a resource by the name of its property, except its type; narrative as text, encoded bytes not at all. */
export function stringsOf(value: unknown, name = ''): { name: string; text: string }[] {
  if (typeof value === 'string') {
    if (name === 'resourceType' || name === 'data') return []
    return [{ name, text: name === 'div' ? narrativeText(value) : value }]
  }
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item) => stringsOf(item, name))
  return Object.entries(value).flatMap(([key, item]) => stringsOf(item, key))
}

const texts = {
  content: (resource: Resource) => stringsOf(resource).map(({ text }) => text),
  narrative: (resource: Resource) => {
    const { div } = (resource['text'] ?? {}) as { div?: string }
    return div === undefined ? [] : [narrativeText(div)]
  },
} as const

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' }

function narrativeText(div: string): string {
  return div
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/&(\w+);/g, (entity, name: string) => entities[name] ?? entity)
}

function indexWords(population: Population, textsOf: (resource: Resource) => string[]): Map<string, number[]> {
  const index = new Map<string, number[]>()
  population.members.forEach(({ resource }, i) => {
    for (const word of new Set(textsOf(resource).flatMap(wordsOf))) {
      const members = index.get(word)
      if (members) members.push(i)
      else index.set(word, [i])
    }
  })
  return index
}

function membersWith(index: ReadonlyMap<string, number[]>, start: string): Set<number> {
  const members = new Set<number>()
  for (const [word, found] of index) if (word.startsWith(start)) for (const i of found) members.add(i)
  return members
}

interface ListShape {
  readonly entry?: { readonly deleted?: boolean; readonly item: { readonly reference?: string } }[]
}

function listed(world: World, id: string): string[] {
  const entries = (world.resource(`List/${id}`) as ListShape | undefined)?.entry ?? []
  const kept = entries.filter(({ deleted }) => deleted !== true)
  const references = kept.map(({ item }) => item.reference).filter((text) => text !== undefined)
  return references.flatMap((text) => localKey(parseReference(text, world)) ?? [])
}
