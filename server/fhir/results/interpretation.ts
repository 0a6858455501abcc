/**
 * What a laboratory says of a value. https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html; HL7 v2's
 * table 0078 has the same codes.
 */
import type { JsonValue } from '../json.ts'
import { codesIn, objectsIn, wordsIn } from './reading.ts'

export type Flag =
  | 'critical-low'
  | 'critical-high'
  | 'critical'
  | 'low'
  | 'high'
  | 'abnormal'
  | 'in-range'
  | 'positive'
  | 'negative'
  | 'indeterminate'
  | 'resistant'
  | 'intermediate'
  | 'susceptible'

/** Those that a clinician must be told of at once. */
export const criticalFlags: ReadonlySet<Flag> = new Set(['critical-low', 'critical-high', 'critical'])

/** Those that say that something is out of the ordinary. */
export const notableFlags: ReadonlySet<Flag> = new Set([
  ...criticalFlags,
  'low',
  'high',
  'abnormal',
  'positive',
  'resistant',
])

/** By code, in the order of weight: where there are several the first one counts. */
const flagsByCode: readonly (readonly [Flag, ...string[]])[] = [
  ['critical-low', 'LL'],
  ['critical-high', 'HH'],
  ['critical', 'AA'],
  ['low', 'L', 'LU', 'LX', '<'],
  ['high', 'H', 'HU', 'HX', '>'],
  ['abnormal', 'A'],
  ['resistant', 'R'],
  ['intermediate', 'I'],
  ['susceptible', 'S', 'SDD', 'SYN-S'],
  ['positive', 'POS', 'DET', 'RR'],
  ['indeterminate', 'IND', 'E', 'WR'],
  ['negative', 'NEG', 'ND', 'NR'],
  ['in-range', 'N'],
]

const systems: ReadonlySet<string> = new Set([
  'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  'http://terminology.hl7.org/CodeSystem/v2-0078',
  'http://hl7.org/fhir/v2/0078',
  '',
])

/** What `Observation.interpretation` says; undefined where it says nothing that is known. */
export function flagIn(interpretation: JsonValue | undefined): Flag | undefined {
  const codes = new Set(
    objectsIn(interpretation)
      .flatMap(codesIn)
      .flatMap(({ system, code }) => (systems.has(system) ? [code] : [])),
  )
  return flagsByCode.find(([, ...known]) => known.some((code) => codes.has(code)))?.[0]
}

/** The same in the laboratory's own words, where no code is known. */
export function interpretationWords(interpretation: JsonValue | undefined): string | undefined {
  const words = objectsIn(interpretation).flatMap((concept) => wordsIn(concept) ?? [])
  return words.length === 0 ? undefined : words.join(', ')
}
