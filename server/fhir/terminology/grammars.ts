/** Code systems that are defined by a grammar: a code can be judged, a list of all codes cannot be made. */
import { unitScale, validUnit } from '../quantity.ts'
import type { Filter } from './system.ts'

export interface Grammar {
  readonly name: string
  has(code: string): boolean
  display?(code: string): string | undefined
  /** Properties that filters may ask of it. */
  readonly filters?: readonly string[]
  /** Undefined: the filter is none that this grammar knows. */
  passes?(code: string, filter: Filter): boolean | undefined
}

/** https://www.rfc-editor.org/rfc/rfc5646#section-2.1 */
const languageTag =
  /^(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*(?:-[a-wy-z\d](?:-[a-z\d]{2,8})+)*(?:-x(?:-[a-z\d]{1,8})+)?|x(?:-[a-z\d]{1,8})+|i-[a-z]{2,8}|en-GB-oed|sgn-(?:BE-FR|BE-NL|CH-DE)|zh-(?:guoyu|hakka|min|min-nan|xiang))$/i

/** https://www.rfc-editor.org/rfc/rfc6838#section-4.2, with parameters. */
const mediaType =
  /^[a-z\d][\w!#$&^.+-]{0,126}\/[a-z\d*][\w!#$&^.+-]{0,126}(?:\s*;\s*[\w!#$&^.+-]+=(?:"[^"]*"|[^\s";]+))*$/i

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** By the systems' urls. */
export const grammars: ReadonlyMap<string, Grammar> = new Map<string, Grammar>([
  [
    'http://unitsofmeasure.org',
    {
      name: 'UCUM',
      filters: ['canonical'],
      has: validUnit,
      passes: (code, { property, op, value }) => {
        if (property !== 'canonical' || op !== '=') return undefined
        const dimension = unitScale(value)?.dimension
        return dimension !== undefined && unitScale(code)?.dimension === dimension
      },
    },
  ],
  [
    'urn:ietf:bcp:47',
    {
      name: 'Languages (BCP 47)',
      has: (code) => languageTag.test(code),
      display: (code) => (languageTag.test(code) ? languageName(code) : undefined),
    },
  ],
  ['urn:ietf:bcp:13', { name: 'Media types (BCP 13)', has: (code) => mediaType.test(code) }],
  ['http://www.rfc-editor.org/bcp/bcp13.txt', { name: 'Media types (BCP 13)', has: (code) => mediaType.test(code) }],
  [
    'urn:ietf:rfc:3986',
    { name: 'URIs (RFC 3986)', has: (code) => /^[^\s<>"{}|\\^`]+$/.test(code) && code.includes(':') },
  ],
])

function languageName(code: string): string | undefined {
  try {
    return languageNames.of(code)
  } catch {
    return undefined
  }
}
