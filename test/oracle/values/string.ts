/** Strings and uris. https://hl7.org/fhir/R4/search.html#string, https://hl7.org/fhir/R4/search.html#uri */

export interface StringValue {
  readonly original: string
  readonly normal: string
}

/** Without case, accents and surplus white space. */
export function normalise(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** A string with its normalised form. */
export function stringValue(original: string): StringValue {
  return { original, normal: normalise(original) }
}

const nameParts = ['family', 'given', 'prefix', 'suffix', 'text']
const addressParts = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']

/** The searched parts of a HumanName. */
export function nameValues(name: object): StringValue[] {
  return partsOf(name, nameParts)
}

/** The searched parts of an Address. */
export function addressValues(address: object): StringValue[] {
  return partsOf(address, addressParts)
}

/** How a modifier compares the query with a value; the empty modifier is the default. */
export const stringComparisons: Readonly<Record<string, (query: StringValue, value: StringValue) => boolean>> = {
  '': (query, value) => value.normal.startsWith(query.normal),
  contains: (query, value) => value.normal.includes(query.normal),
  exact: (query, value) => value.original === query.original,
}

/** How a modifier compares the query with a stored uri. */
export const uriComparisons: Readonly<Record<string, (query: string, value: string) => boolean>> = {
  '': (query, value) => value === query,
  below: (query, value) => isAbove(query, value),
  above: (query, value) => isAbove(value, query),
}

/** The words of a text, normalised. */
export function wordsOf(text: string): string[] {
  return normalise(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Order by Unicode code points, which is also the order of the UTF-8 bytes. */
export function compareStrings(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

/** Equal, or a prefix that ends where a path segment ends. */
function isAbove(upper: string, lower: string): boolean {
  return upper === lower || lower.startsWith(upper.endsWith('/') ? upper : `${upper}/`)
}

function partsOf(value: object, parts: readonly string[]): StringValue[] {
  const record = value as Readonly<Record<string, string | readonly (string | null)[] | undefined>>
  const texts = parts.flatMap((part) => record[part] ?? [])
  return texts.filter((text) => text !== null).map(stringValue)
}
