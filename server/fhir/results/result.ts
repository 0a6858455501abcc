/** One result: an Observation, or a component of one, as people read it. */
import type { JsonObject, JsonValue } from '../json.ts'
import { comparableNumber, withUnit } from './comparable.ts'
import { timeOf } from './dates.ts'
import { type Flag, flagIn, interpretationWords } from './interpretation.ts'
import { type ReferenceRange, rangesIn } from './measure.ts'
import { type Code, codesIn, objectIn, objectsIn, referenceIn, textIn, wordsIn } from './reading.ts'
import { type ResultValue, valueIn } from './value.ts'

/** Where a result stands: https://hl7.org/fhir/R4/valueset-observation-status.html, as people are told. */
export type ResultState = 'pending' | 'preliminary' | 'final' | 'corrected' | 'cancelled' | 'withdrawn' | 'unknown'

export interface Result {
  /** `Observation/17`; a component has that of the whole. */
  readonly reference: string
  readonly version: string | undefined
  /** What is the same test has the same key. */
  readonly analyte: string
  readonly codes: readonly Code[]
  /** The laboratory's name of the test. */
  readonly name: string
  /** Codes of categories. */
  readonly categories: readonly string[]
  /** Codes of security labels. */
  readonly labels: readonly string[]
  readonly state: ResultState
  /** When the specimen was collected, or the value measured: a FHIR dateTime. */
  readonly collected: string | undefined
  /** The same in milliseconds since 1970. */
  readonly time: number | undefined
  readonly issued: string | undefined
  readonly value: ResultValue | undefined
  /** Why there is none. */
  readonly absent: string | undefined
  readonly ranges: readonly ReferenceRange[]
  readonly flag: Flag | undefined
  /** What the laboratory says of the value, where that is no known code. */
  readonly said: string | undefined
  readonly method: string | undefined
  readonly notes: readonly string[]
  readonly components: readonly Result[]
  /** Results that this one is made of, the order it answers, and the visit. */
  readonly members: readonly string[]
  readonly order: string | undefined
  readonly encounter: string | undefined
}

const states: Readonly<Record<string, ResultState>> = {
  registered: 'pending',
  partial: 'preliminary',
  preliminary: 'preliminary',
  final: 'final',
  amended: 'corrected',
  corrected: 'corrected',
  appended: 'corrected',
  cancelled: 'cancelled',
  'entered-in-error': 'withdrawn',
}

/** That of an Observation or a DiagnosticReport. */
export function stateIn(status: JsonValue | undefined): ResultState {
  return (typeof status === 'string' && Object.hasOwn(states, status) && states[status]) || 'unknown'
}

/** An Observation as a result; undefined where it does not say what was tested. */
export function resultOf(observation: JsonObject): Result | undefined {
  const reference = `Observation/${textIn(observation['id']) ?? ''}`
  const collected = timeIn(observation, 'effective')
  const shared = {
    reference,
    categories: categoriesIn(observation['category']),
    labels: labelsIn(observation),
    state: stateIn(observation['status']),
    version: textIn(objectIn(observation['meta'])?.['versionId']),
    collected,
    time: timeOf(collected),
    issued: textIn(observation['issued']),
    order: referenceIn(objectsIn(observation['basedOn'])[0]),
    encounter: referenceIn(observation['encounter']),
  }
  const read = (element: JsonObject): Result | undefined => {
    const name = wordsIn(element['code'])
    if (name === undefined) return undefined
    const value = valueIn(element)
    const ranges = rangesIn(element['referenceRange'])
    const interpretation = element['interpretation']
    const flag = flagIn(interpretation) ?? flagByRange(value, ranges)
    return {
      ...shared,
      analyte: analyteOf(element['code']),
      codes: codesIn(element['code']),
      name,
      ranges,
      notes: objectsIn(element['note']).flatMap(({ text }) => textIn(text) ?? []),
      members: objectsIn(element['hasMember']).flatMap((member) => referenceIn(member) ?? []),
      components: objectsIn(element['component']).flatMap((component) => read(component) ?? []),
      value,
      flag,
      absent: value ? undefined : wordsIn(element['dataAbsentReason']),
      said: flag ? undefined : interpretationWords(interpretation),
      method: wordsIn(element['method']),
    }
  }
  return read(observation)
}

/** The codes of categories, whatever their system. */
export function categoriesIn(value: JsonValue | undefined): readonly string[] {
  return objectsIn(value).flatMap((concept) => codesIn(concept).map(({ code }) => code))
}

/** The codes of security labels. */
export function labelsIn({ meta }: JsonObject): readonly string[] {
  return objectsIn(objectIn(meta)?.['security']).flatMap(({ code }) => textIn(code) ?? [])
}

/** `effective[x]` or `onset[x]`: a time, or the start of a period. */
export function timeIn(resource: JsonObject, name: string): string | undefined {
  const period = objectIn(resource[`${name}Period`])
  return (
    textIn(resource[`${name}DateTime`]) ??
    textIn(resource[`${name}Instant`]) ??
    textIn(period?.['start']) ??
    textIn(period?.['end'])
  )
}

const loinc = 'http://loinc.org'

/** What a test is known by: its LOINC code, or else another one, or else its name. */
export function analyteOf(code: JsonValue | undefined): string {
  const codes = codesIn(code)
  const known = codes.find(({ system }) => system === loinc) ?? codes.find(({ system }) => system !== '') ?? codes[0]
  return known ? `${known.system}|${known.code}` : `|${(wordsIn(code) ?? '').toLowerCase()}`
}

/** Where the laboratory says nothing, its own range does; a value beyond what could be measured is not compared. */
function flagByRange(value: ResultValue | undefined, ranges: readonly ReferenceRange[]): Flag | undefined {
  const [range] = ranges
  if (value?.kind !== 'measure' || value.measure.comparator || !range || range.applies) return undefined
  const { measure } = value
  const [low, high] = [range.low, range.high].map((end) => end && comparableNumber(withUnit(end, measure), measure, ''))
  if (low === undefined && high === undefined) return undefined
  if ((range.low && low === undefined) || (range.high && high === undefined)) return undefined
  // A range that is upside down says nothing.
  if (low !== undefined && high !== undefined && low > high) return undefined
  if (low !== undefined && measure.number < low) return 'low'
  if (high !== undefined && measure.number > high) return 'high'
  return 'in-range'
}
