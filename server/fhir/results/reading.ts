/** Reading JSON of anybody's making: what is not what it should be is not there. Runs in browsers, too. */
import type { JsonObject, JsonValue } from '../json.ts'

/** Longer texts are cut: nobody reads them in a list, and some are made to be a burden. */
const longest = 20_000

/** A text that is not blank. */
export function textIn(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  return value.length > longest ? `${value.slice(0, longest)}…` : value
}

export function objectIn(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined
}

/** The objects of a list. */
export function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return none
  return value.every(isObject) ? value : value.filter(isObject)
}

const none: readonly JsonObject[] = []

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value)
}

/** A number's digits as they were sent: `1.00` stays `1.00`. */
export function digitsIn(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  const isRaw = typeof value === 'object' && value !== null && 'rawJSON' in value && typeof value.rawJSON === 'string'
  return isRaw ? (value.rawJSON as string) : undefined
}

/** What a Reference names. */
export function referenceIn(value: JsonValue | undefined): string | undefined {
  return textIn(objectIn(value)?.['reference'])
}

/** A Coding; the display is the sender's. */
export interface Code {
  readonly system: string
  readonly code: string
  readonly display?: string
}

/** The codings of a CodeableConcept that have a code. */
export function codesIn(concept: JsonValue | undefined): readonly Code[] {
  const codes: Code[] = []
  for (const coding of objectsIn(objectIn(concept)?.['coding'])) {
    const code = textIn(coding['code'])
    if (code === undefined) continue
    const system = textIn(coding['system']) ?? ''
    const display = textIn(coding['display'])
    codes.push(display === undefined ? { system, code } : { system, code, display })
  }
  return codes
}

/** A CodeableConcept in words: its text, or what a coding is displayed as, or else a code. */
export function wordsIn(concept: JsonValue | undefined): string | undefined {
  const text = textIn(objectIn(concept)?.['text'])
  if (text !== undefined) return text
  const codings = objectsIn(objectIn(concept)?.['coding'])
  const shown = codings.map(({ display }) => textIn(display)).find((display) => display !== undefined)
  return shown ?? codings.map(({ code }) => textIn(code)).find((code) => code !== undefined)
}
