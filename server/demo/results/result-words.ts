/** Results in words: what people read before, or instead of, the numbers. */
import type { CodeableConcept } from '@medplum/fhirtypes'
import { type Day, dateWords } from '../calendar.ts'
import { escapeHtml, hl7 } from '../elements.ts'
import { analytes } from '../tables/analytes.ts'
import type { Interpretation, Range } from './measured-values.ts'

/** A value with what is needed to judge it. */
export interface Measurement {
  readonly key: string
  readonly value: number
  /** The person's last value of the same analyte. */
  readonly before?: number
  readonly range: Range
  readonly interpretation: Interpretation
}

const interpretations: Readonly<Record<Interpretation, readonly [display: string, words: string]>> = {
  N: ['Normal', 'in range'],
  L: ['Low', 'low'],
  H: ['High', 'high'],
  LL: ['Critical low', 'critically low'],
  HH: ['Critical high', 'critically high'],
}

/** The interpretation as HL7 codes it. */
export function interpretationConcept(code: Interpretation): CodeableConcept {
  return hl7('v3-ObservationInterpretation', code, interpretations[code][0])
}

/** A range in words: `3.5 to 5.1`, `up to 100`, `60 or higher`. */
export function rangeWords({ low, high, text }: Range): string {
  if (text) return text
  if (low === undefined) return `up to ${high}`
  return high === undefined ? `${low} or higher` : `${low} to ${high}`
}

/** One sentence for each value out of range, with the direction it took; or that all is well. */
export function conclusionOf(measurements: readonly Measurement[]): string {
  const notable = measurements.filter((each) => each.interpretation !== 'N')
  if (notable.length === 0) return 'All values are in the expected range.'
  return notable.map(sentence).join(' ')
}

/** The narrative of a laboratory report: one row for each value. */
export function reportHtml(name: string, day: Day, measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ key, value, interpretation }) => {
    const words = interpretations[interpretation][1]
    return `<tr><td>${escapeHtml(analytes[key]!.name)}</td><td>${value}${unitOf(key)}</td><td>${words}</td></tr>`
  })
  return `<p><b>${escapeHtml(name)}</b>, ${dateWords(day)}</p><table>${rows.join('')}</table>`
}

function sentence({ key, value, before, interpretation }: Measurement): string {
  const said = `${analytes[key]!.name} ${value}${unitOf(key)} (${interpretations[interpretation][1]})`
  if (before === undefined || before === value) return `${said}.`
  return `${said}, ${value > before ? 'up' : 'down'} from ${before}.`
}

/** The INR has no unit, only a name that UCUM writes in braces. */
function unitOf(key: string): string {
  const { unit } = analytes[key]!
  return unit.startsWith('{') ? '' : ` ${unit}`
}
