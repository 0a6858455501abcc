/**
 * Countries, currencies and time zones as the platform knows them: the codes in use, with names. Longer and former codes of these
 * standards are not among them, so that a code that is missing here is not wrong for that.
 */
import type { JsonObject } from '../json.ts'

const noCountries: ReadonlySet<string> = new Set([
  'AC',
  'CP',
  'CQ',
  'DG',
  'EA',
  'EU',
  'EZ',
  'IC',
  'QO',
  'TA',
  'UN',
  'XA',
  'XB',
  'XK',
  'ZZ',
])

const known: ReadonlySet<string> = new Set([
  'urn:iso:std:iso:3166',
  'urn:iso:std:iso:4217',
  'https://www.iana.org/time-zones',
])

let resources: ReadonlyMap<string, JsonObject> | undefined

/** The CodeSystem of a standard by its url; undefined for others. */
export function isoCodeSystem(url: string): JsonObject | undefined {
  if (!known.has(url)) return undefined
  resources ??= new Map([
    ['urn:iso:std:iso:3166', codeSystem('urn:iso:std:iso:3166', 'ISO 3166-1, two letters', countries())],
    ['urn:iso:std:iso:4217', codeSystem('urn:iso:std:iso:4217', 'ISO 4217', currencies())],
    ['https://www.iana.org/time-zones', codeSystem('https://www.iana.org/time-zones', 'IANA time zones', timeZones())],
  ])
  return resources.get(url)
}

function codeSystem(url: string, name: string, concept: JsonObject[]): JsonObject {
  return { resourceType: 'CodeSystem', url, name, status: 'active', content: 'fragment', caseSensitive: true, concept }
}

function countries(): JsonObject[] {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .flatMap((code) => {
      // A code that stands for another one has gone out of use: DD is known by the name of what came after it.
      const current = Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`
      const display = current && !noCountries.has(code) ? names.of(code) : undefined
      return display === undefined ? [] : [{ code, display }]
    })
}

function currencies(): JsonObject[] {
  const names = new Intl.DisplayNames('en', { type: 'currency' })
  return Intl.supportedValuesOf('currency').map((code) => ({ code, display: names.of(code) ?? code }))
}

function timeZones(): JsonObject[] {
  return Intl.supportedValuesOf('timeZone').map((code) => ({ code }))
}
