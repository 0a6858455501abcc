/** Words for `_content` and `_text` that mean the same however much of a resource a server counts as text. */
import { stringsOf } from '../text.ts'
import { wordsOf } from '../values/string.ts'
import type { World } from '../world.ts'
import { remember } from '../world.ts'
import type { Context, Criterion, Subject } from './choose-criterion.ts'

/** Properties that people read; all others hold codes, addresses and numbers. */
const readable = new Set([
  ...['display', 'text', 'div', 'family', 'given', 'prefix', 'suffix', 'name', 'title', 'description', 'alias', 'line'],
  ...['city', 'district', 'publisher', 'comment', 'valueString', 'patientInstruction', 'conclusion', 'manufacturer'],
])

/** One or two beginnings of words that the resource has. */
export function chooseWords({ world, random }: Context, { population, index }: Subject): Criterion | undefined {
  const { resource } = population.members[index]!
  const narrative = random.chance(0.4)
  const strings = narrative ? stringsOf({ div: divOf(resource['text']) }) : stringsOf(resource)
  const words = strings
    .filter(({ name }) => readable.has(name))
    .flatMap(({ text }) => wordsOf(text))
    .filter((word) => /^\p{L}{4,}$/u.test(word))
  if (words.length === 0) return undefined
  const starts = Array.from({ length: 1 + random.below(2) }, () => {
    const word = random.pick(words)
    return word.slice(0, 4 + random.below(word.length - 3))
  })
  if (!narrative && starts.some((start) => isMachineWord(world, start))) return undefined
  return {
    name: narrative ? '_text' : '_content',
    value: starts.join(' '),
    features: [narrative ? 'text' : 'content'],
  }
}

function divOf(text: unknown): string {
  return (text as { div?: string } | undefined)?.div ?? ''
}

/** True if an address, a code or an id somewhere has a word that begins so. */
function isMachineWord(world: World, start: string): boolean {
  const words = remember(world.memory, 'machine words', () => machineWords(world))
  let low = 0
  let high = words.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (words[middle]! < start) low = middle + 1
    else high = middle
  }
  return words[low]?.startsWith(start) ?? false
}

function machineWords(world: World): string[] {
  const words = new Set<string>()
  for (const type of world.types) {
    for (const { resource } of world.population(type).members) {
      for (const { name, text } of stringsOf(resource))
        if (!readable.has(name)) for (const word of wordsOf(text)) words.add(word)
    }
    words.add(type.toLowerCase())
  }
  return [...words].sort()
}
