/** Values, ranges and names as people read them. */
import type { Measure, ReferenceRange } from '../../server/fhir/results/measure.ts'
import type { Panel } from '../../server/fhir/results/panels.ts'
import type { Code } from '../../server/fhir/results/reading.ts'
import type { ResultValue } from '../../server/fhir/results/value.ts'
import { dateInWords } from '../shared/words/dates.ts'
import type { Language } from '../shared/words/language.ts'
import { meaningOf } from './words/meanings.ts'
import type { ResultsTexts } from './words/texts.ts'

/** UCUM's codes as they are printed. */
const unitWords: readonly (readonly [code: RegExp, words: string])[] = [
  [/^10[*^](\d+)\//, '×10^$1/'],
  [/\[IU\]|\[iU\]/g, 'IU'],
  [/m(m?)\[Hg\]/, 'm$1Hg'],
  [/^Cel$/, '°C'],
  [/^\[degF\]$/, '°F'],
  [/\[in_i\]/, 'in'],
  [/\[lb_av\]/, 'lb'],
  [/\bu(?=[gLlm])/g, 'µ'],
  [/\{[^}]*\}/g, ''],
]

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** A unit for people: `mm[Hg]` is mmHg. */
export function unitInWords(unit: string): string {
  const plain = unitWords.reduce((text, [code, words]) => text.replace(code, words), unit)
  return plain.replace(/\^(\d+)/g, (_all, digits: string) =>
    [...digits].map((digit) => superscripts[Number(digit)]).join(''),
  )
}

/** The digits as they were reported, with the language's own mark before the decimals. */
export function numberInWords(digits: string, language: string): string {
  const [whole = '', fraction] = digits.split('.')
  if (!/^-?\d{1,15}$/.test(whole)) return digits
  const grouped = new Intl.NumberFormat(language, { useGrouping: 'min2' } as Intl.NumberFormatOptions).format(
    Number(whole),
  )
  const sign = whole.startsWith('-') && !grouped.startsWith('-') ? '-' : ''
  return fraction === undefined ? sign + grouped : `${sign}${grouped}${decimalMark(language)}${fraction}`
}

function decimalMark(language: string): string {
  const parts = new Intl.NumberFormat(language).formatToParts(1.5)
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.'
}

export function measureInWords({ digits, unit, comparator }: Measure, language: string): string {
  const sign = comparator ? `${comparators[comparator]} ` : ''
  return `${sign}${numberInWords(digits, language)} ${unitInWords(unit)}`.trim()
}

const comparators: Readonly<Record<string, string>> = { '<': '<', '<=': '≤', '>=': '≥', '>': '>' }

/** What was found; undefined where there is nothing to show. */
export function valueInWords(
  value: ResultValue | undefined,
  texts: ResultsTexts,
  language: string,
): string | undefined {
  switch (value?.kind) {
    case 'measure':
      return measureInWords(value.measure, language)
    case 'words':
      return value.words
    case 'yes-no':
      return value.yes ? texts.yes : texts.no
    case 'time': {
      const ends = value.time.split('/').map((end) => (end === '' ? '…' : dateInWords(end, language)))
      return ends.join(' – ')
    }
    default:
      return undefined
  }
}

/** `70–99 mg/dL`, `< 5 mg/L`, or the laboratory's own words. */
export function rangeInWords({ low, high, text, applies }: ReferenceRange, language: string): string {
  const number = ({ digits }: Measure) => numberInWords(digits, language)
  const unit = unitInWords((high ?? low)?.unit ?? '')
  const numbers =
    low && high ? `${number(low)}–${number(high)}` : low ? `≥ ${number(low)}` : high ? `≤ ${number(high)}` : undefined
  const words = numbers === undefined ? (text ?? '') : `${numbers} ${unit}`.trim()
  return applies === undefined ? words : `${words} (${applies})`
}

/** What people call a test, and the laboratory's name where that is another. */
export function namesOf(
  { codes, name }: { readonly codes: readonly Code[]; readonly name: string },
  language: Language,
): { readonly plain: string; readonly laboratory: string | undefined } {
  const plain = meaningOf(codes, language)?.name
  if (plain === undefined) return { plain: name, laboratory: undefined }
  return { plain, laboratory: plain.toLowerCase() === name.toLowerCase() ? undefined : name }
}

/** What a group of results is called: by its report, or by what they are. */
export function panelName(
  { name, report, categories, results }: Panel,
  texts: ResultsTexts,
  language: Language,
): string {
  const codes = report?.codes ?? (name === undefined ? undefined : results[0]?.codes)
  const known = (codes && meaningOf(codes, language)?.name) ?? name
  return (
    known ??
    categories.map((code) => texts.categories[code]).find((words) => words !== undefined) ??
    texts.categories['other']!
  )
}
