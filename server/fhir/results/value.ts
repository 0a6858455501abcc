/** What was found: `Observation.value[x]`. https://hl7.org/fhir/R4/observation-definitions.html#Observation.value_x_ */
import type { JsonObject, JsonValue } from '../json.ts'
import { type Measure, measureIn } from './measure.ts'
import { digitsIn, objectIn, textIn, wordsIn } from './reading.ts'

export type ResultValue =
  | { readonly kind: 'measure'; readonly measure: Measure }
  /** `negative`, `Staphylococcus aureus`, `1:128`, or a report of some lines. */
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'yes-no'; readonly yes: boolean }
  /** A FHIR date or dateTime, or two with `/` between them; either may be missing. */
  | { readonly kind: 'time'; readonly time: string }

/** How each type of value is read; a type that is not named has nothing to show in a list. */
const readers: Readonly<Record<string, (value: JsonValue) => ResultValue | undefined>> = {
  valueQuantity: (value) => measured(measureIn(value)) ?? words(quantityWords(value)),
  valueCodeableConcept: (value) => words(wordsIn(value)),
  valueString: (value) => words(textIn(value)),
  valueBoolean: (value) => (typeof value === 'boolean' ? { kind: 'yes-no', yes: value } : undefined),
  valueInteger: (value) => measured(measureIn({ value })),
  valueRange: (value) => words(between(objectIn(value))),
  valueRatio: (value) => words(ratio(objectIn(value))),
  valueTime: (value) => words(textIn(value)),
  valueDateTime: (value) => timed(textIn(value)),
  valuePeriod: (value) => timed(period(objectIn(value))),
}

/** The value of an Observation or of a component of one; undefined where it has none that can be shown. */
export function valueIn(element: JsonObject): ResultValue | undefined {
  const name = Object.keys(readers).find((key) => Object.hasOwn(element, key))
  return name === undefined ? undefined : readers[name]!(element[name]!)
}

function measured(measure: Measure | undefined): ResultValue | undefined {
  return measure && { kind: 'measure', measure }
}

function words(text: string | undefined): ResultValue | undefined {
  return text === undefined ? undefined : { kind: 'words', words: text }
}

function timed(time: string | undefined): ResultValue | undefined {
  return time === undefined ? undefined : { kind: 'time', time }
}

/** A Quantity without a number may still say something. */
function quantityWords(value: JsonValue): string | undefined {
  const quantity = objectIn(value)
  return textIn(quantity?.['unit']) ?? textIn(quantity?.['code'])
}

function between(range: JsonObject | undefined): string | undefined {
  const [low, high] = [measureIn(range?.['low']), measureIn(range?.['high'])]
  if (!low && !high) return undefined
  return `${low?.digits ?? ''}–${high?.digits ?? ''} ${(high ?? low)!.unit}`.trim()
}

/** A titre is written as `1:128`. */
function ratio(value: JsonObject | undefined): string | undefined {
  const ends = ['numerator', 'denominator'].map((name) => objectIn(value?.[name]))
  const [above, below] = ends.map((end) => {
    const digits = digitsIn(end?.['value'])
    return digits === undefined ? undefined : `${digits} ${textIn(end?.['unit']) ?? ''}`.trim()
  })
  return above === undefined || below === undefined ? undefined : `${above}:${below}`
}

function period(value: JsonObject | undefined): string | undefined {
  const [start, end] = [textIn(value?.['start']), textIn(value?.['end'])]
  return start === undefined && end === undefined ? undefined : `${start ?? ''}/${end ?? ''}`
}
