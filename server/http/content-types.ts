/** Media types: what a body is in, and which of the forms that can be sent a client would rather have. */

/** https://hl7.org/fhir/R4/http.html#mime-type */
export type Format = 'json' | 'xml'

export interface MediaType {
  /** Lower case, without parameters. */
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * The names of the two formats, dearest first. A client that asks for a generic type gets that type back; a browser,
 * which asks for HTML, gets JSON.
 */
export const formatNames: readonly { readonly type: string; readonly format: Format; readonly answer: string }[] = [
  { type: 'application/fhir+json', format: 'json', answer: 'application/fhir+json; charset=utf-8' },
  { type: 'application/fhir+xml', format: 'xml', answer: 'application/fhir+xml; charset=utf-8' },
  { type: 'application/json', format: 'json', answer: 'application/json; charset=utf-8' },
  { type: 'application/xml', format: 'xml', answer: 'application/xml; charset=utf-8' },
  { type: 'text/json', format: 'json', answer: 'text/json; charset=utf-8' },
  { type: 'text/xml', format: 'xml', answer: 'text/xml; charset=utf-8' },
  { type: 'text/html', format: 'json', answer: 'application/fhir+json; charset=utf-8' },
]

export interface Choice {
  readonly format: Format
  /** The value of Content-Type. */
  readonly answer: string
}

const fhirJson: Choice = formatNames[0]!
const shortNames: Readonly<Record<string, Choice>> = {
  json: fhirJson,
  xml: formatNames[1]!,
  html: fhirJson,
}

/** `application/fhir+json; charset=utf-8`; undefined for what is no media type. https://www.rfc-editor.org/rfc/rfc9110#name-media-type */
export function parseMediaType(text: string): MediaType | undefined {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim())
  if (!/^[\w!#$&^.+*-]{1,127}\/[\w!#$&^.+*-]{1,127}$/.test(type)) return undefined
  const parameters = new Map<string, string>()
  for (const part of rest) {
    const equals = part.indexOf('=')
    if (equals < 1) continue
    const value = part.slice(equals + 1).trim()
    parameters.set(part.slice(0, equals).trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1').toLowerCase())
  }
  return { type: type.toLowerCase(), parameters }
}

/** Whether a type is of another FHIR version than this server's. https://hl7.org/fhir/R4/http.html#version-parameter */
export function isOtherVersion({ parameters }: MediaType): boolean {
  const version = parameters.get('fhirversion')
  return version !== undefined && !/^4\.0(\.\d)?$/.test(version)
}

/** The value of `_format`, where a `+` may have arrived as a space; undefined for what cannot be sent. */
export function formatNamed(value: string): Choice | undefined {
  const short = shortNames[value.trim().toLowerCase()]
  if (short) return short
  const media = parseMediaType(value.trim().replace(/(?<=\w) (?=\w)/, '+'))
  return media && !isOtherVersion(media) ? formatNames.find(({ type }) => type === media.type) : undefined
}

/** The form that `accept` would rather have; undefined where it takes none. https://www.rfc-editor.org/rfc/rfc9110#name-accept */
export function negotiate(accept: string | undefined): Choice | undefined {
  if (accept === undefined || accept === '*/*') return fhirJson
  if (accept.length > 1000) return choose(accept)
  if (!choices.has(accept)) {
    if (choices.size >= 500) choices.clear()
    choices.set(accept, choose(accept))
  }
  return choices.get(accept)
}

/** Clients send the same few values again and again. */
const choices = new Map<string, Choice | undefined>()

/** Whether `accept` takes a type that is not FHIR's, such as `image/png`. */
export function takes(accept: string | undefined, type: string): boolean {
  const ranges = acceptedRanges(accept ?? '*/*')
  return (bestRange(ranges, type)?.q ?? 0) > 0
}

/** Whether `accept` names a type that only FHIR has. https://hl7.org/fhir/R4/binary.html#rest */
export function namesFhir(accept: string | undefined): boolean {
  return /application\/fhir\+(?:json|xml)/i.test(accept ?? '')
}

interface Range {
  readonly type: string
  readonly q: number
  /** 2 for a type, 1 for `text/*`, 0 for everything. */
  readonly precision: number
  readonly position: number
}

function choose(accept: string): Choice | undefined {
  const ranges = acceptedRanges(accept)
  if (ranges.length === 0 && accept.trim() === '') return fhirJson
  let best: Choice | undefined
  let bestMatch: Range | undefined
  for (const name of formatNames) {
    const match = bestRange(ranges, name.type)
    if (match && match.q > 0 && (!bestMatch || isPreferred(match, bestMatch))) {
      best = name
      bestMatch = match
    }
  }
  return best
}

/** By quality, then the more precise, then the one named first. */
function isPreferred(a: Range, b: Range): boolean {
  return (a.q - b.q || a.precision - b.precision || b.position - a.position) > 0
}

function acceptedRanges(accept: string): Range[] {
  return accept.split(',').flatMap((text, position) => {
    const media = parseMediaType(text)
    if (!media || isOtherVersion(media)) return []
    const precision = media.type === '*/*' ? 0 : media.type.endsWith('/*') ? 1 : 2
    return [{ type: media.type, q: quality(media.parameters.get('q')), precision, position }]
  })
}

function quality(text: string | undefined): number {
  const value = Number(text ?? 1)
  return value >= 0 && value <= 1 ? value : 1
}

/** The most precise range that covers a type says how welcome the type is. */
function bestRange(ranges: readonly Range[], type: string): Range | undefined {
  const family = `${type.slice(0, type.indexOf('/'))}/*`
  return ranges
    .filter((range) => range.type === type || range.type === family || range.type === '*/*')
    .reduce<Range | undefined>((best, range) => (best && best.precision >= range.precision ? best : range), undefined)
}
