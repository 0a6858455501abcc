/** The narrative, for `_text`. https://hl7.org/fhir/R4/search.html#content */
import { isJsonObject, type JsonObject } from '../../json.ts'
import { wordsOf } from '../values.ts'

/** The narrative's words without its markup, each once. */
export function narrativeWords(resource: JsonObject): string | null {
  const text = resource['text']
  const div = isJsonObject(text) ? text['div'] : undefined
  if (typeof div !== 'string') return null
  const words = wordsOf(plainText(div))
  return words.length === 0 ? null : words.join(' ')
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&', nbsp: ' ' }

function plainText(div: string): string {
  return div
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d{1,7});/g, (_, digits: string) => String.fromCodePoint(Math.min(Number(digits), 0x10ffff)))
    .replace(/&(\w{1,8});/g, (entity, name: string) => entities[name] ?? entity)
}
