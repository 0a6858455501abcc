/** Tokens: a code, perhaps with the system that it belongs to. https://hl7.org/fhir/R4/search.html#token */
import { normalise } from './string.ts'

export interface TokenValue {
  readonly system?: string | undefined
  readonly code?: string | undefined
  /** Identifiers, ids and uris mean something else in another case; codes do not. */
  readonly caseSensitive?: boolean
  /** What `:text` searches, normalised. */
  readonly texts?: readonly string[]
  /** The types of an Identifier, for `:of-type`. */
  readonly types?: readonly TokenValue[]
}

/** The parts that a query gives; `system: ''` asks for the absence of a system, `code: ''` for any code. */
export interface TokenQuery {
  readonly system?: string
  readonly code: string
}

interface Coding {
  readonly system?: string
  readonly code?: string
  readonly display?: string
}

interface CodeableConcept {
  readonly coding?: readonly Coding[]
  readonly text?: string
}

export interface Identifier {
  readonly system?: string
  readonly value?: string
  readonly type?: CodeableConcept
}

/** A code without a system. */
export function plainToken(code: string, caseSensitive = false): TokenValue {
  return { code, caseSensitive }
}

/** A Coding with its display. */
export function codingToken({ system, code, display }: Coding): TokenValue {
  return { system, code, texts: display === undefined ? [] : [normalise(display)] }
}

/** The codings of a concept, each with the concept's text; a concept that is only text is a value without code. */
export function conceptTokens(concept: CodeableConcept): TokenValue[] {
  const codings = (concept.coding ?? []).map(codingToken)
  if (concept.text === undefined) return codings
  const text = normalise(concept.text)
  if (codings.length === 0) return [{ texts: [text] }]
  return codings.map((coding) => ({ ...coding, texts: [...(coding.texts ?? []), text] }))
}

/** An Identifier; its text is that of its type. */
export function identifierToken({ system, value, type }: Identifier): TokenValue {
  const texts = type?.text === undefined ? [] : [normalise(type.text)]
  return { system, code: value, caseSensitive: true, texts, types: (type?.coding ?? []).map(codingToken) }
}

/** True if the value has the code, in the system that the query names if it names one. */
export function tokenMatches(query: TokenQuery, value: TokenValue): boolean {
  if (query.system === '' && value.system !== undefined) return false
  if (query.system && value.system !== query.system) return false
  if (query.code === '') return true
  return value.code !== undefined && sameCode(query.code, value)
}

/** True if one of the texts starts with the normalised query. */
export function tokenTextMatches(query: string, value: TokenValue): boolean {
  const start = normalise(query)
  return (value.texts ?? []).some((text) => text.startsWith(start))
}

/** True for an Identifier of that type and value. */
export function ofTypeMatches(system: string, code: string, identifier: string, value: TokenValue): boolean {
  return value.code === identifier && (value.types ?? []).some((type) => tokenMatches({ system, code }, type))
}

/** True if a set of `system|code` in lower case has the value. */
export function isCodeIn(codes: ReadonlySet<string>, value: TokenValue): boolean {
  return value.code !== undefined && codes.has(`${value.system}|${value.code}`.toLowerCase())
}

function sameCode(code: string, value: TokenValue): boolean {
  return value.caseSensitive ? value.code === code : value.code!.toLowerCase() === code.toLowerCase()
}
