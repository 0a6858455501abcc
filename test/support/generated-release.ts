/** A release of any size, like SNOMED CT's: several parents, synonyms, attributes, concepts that went out of use. */
import type { ConceptRow, ReleaseSystem } from '../../server/fhir/terminology/concept-row.ts'
import { oneOf, randomFrom } from './random.ts'

export const generatedSystem: ReleaseSystem = {
  url: 'http://example.org/large',
  version: '2026-01',
  name: 'A large code system',
  hierarchyMeaning: 'is-a',
  properties: [
    { code: 'site', type: 'code' },
    { code: 'class', type: 'string' },
  ],
}

/** Parents that a concept may have besides its first, of ten concepts. */
const secondParents = 3
const syllables = [
  'ar',
  'ba',
  'car',
  'der',
  'en',
  'fi',
  'gas',
  'hep',
  'is',
  'jej',
  'ka',
  'lum',
  'myo',
  'neph',
  'os',
  'pul',
]
const endings = ['itis', 'osis', 'oma', 'algia', 'pathy', 'ectomy', 'al', 'ic', 'us', 'um']
const common = ['of', 'disorder', 'finding', 'structure', 'procedure', 'acute', 'chronic', 'left', 'right', 'entire']

/** The same rows for the same seed and count. */
export async function* generatedConcepts(count: number, seed = 1): AsyncGenerator<ConceptRow> {
  const random = randomFrom(seed)
  for (let i = 0; i < count; i++) yield conceptAt(i, random)
}

export function codeAt(i: number): string {
  return String(100_000_000 + i * 13)
}

function conceptAt(i: number, random: () => number): ConceptRow {
  const display = sentence(random)
  const parents = i === 0 ? [] : [codeAt(parentOf(i, random))]
  if (i > 100 && random() * 10 < secondParents) parents.push(codeAt(parentOf(i, random)))
  return {
    code: codeAt(i),
    display,
    active: random() > 0.05,
    parents: [...new Set(parents)],
    designations: [
      { language: 'en', use: '900000000000003001', value: `${display} (finding)` },
      { language: 'de', use: '900000000000013009', value: sentence(random) },
    ],
    properties: [
      { code: 'site', value: codeAt(Math.floor(random() * Math.min(i + 1, 3000))), type: 'code' },
      { code: 'class', value: oneOf(random, common), type: 'string' },
    ],
  }
}

/** Some ten levels deep, with a fifth of the concepts right below larger groups. */
function parentOf(i: number, random: () => number): number {
  const wide = random() < 0.2
  return Math.min(Math.floor((wide ? random() ** 3 : 0.2 + random() * 0.2) * i), i - 1)
}

/** As many words as a large terminology has; some are in every tenth text, most in a few. */
const vocabulary: readonly string[] = (() => {
  const random = randomFrom(99)
  return Array.from({ length: 60_000 }, () => word(random))
})()

function sentence(random: () => number): string {
  let text = oneOf(random, common)
  for (let words = 2 + Math.floor(random() * 4); words > 0; words--) {
    text += ` ${vocabulary[Math.floor(random() ** 3 * vocabulary.length)]}`
  }
  return text
}

function word(random: () => number): string {
  const parts = 1 + Math.floor(random() * 2)
  const stem = Array.from({ length: parts }, () => oneOf(random, syllables)).join('')
  return stem + oneOf(random, syllables) + oneOf(random, endings)
}
