/** Dates in words, as precise as they are: `March 2026` where no day is told. */

const precisions: readonly (readonly [pattern: RegExp, options: Intl.DateTimeFormatOptions])[] = [
  [/^\d{4}$/, { year: 'numeric', timeZone: 'UTC' }],
  [/^\d{4}-\d\d$/, { year: 'numeric', month: 'long', timeZone: 'UTC' }],
  [/^\d{4}-\d\d-\d\d$/, { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' }],
  [/^\d{4}-\d\d-\d\dT/, { year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' }],
]

/** A FHIR date or dateTime in words; as it is where it is none. Times are those of the person who reads. */
export function dateInWords(text: string, language: string): string {
  const options = precisions.find(([pattern]) => pattern.test(text))?.[1]
  const time = Date.parse(text)
  if (!options || Number.isNaN(time)) return text
  return new Intl.DateTimeFormat(language, options).format(time)
}

/** The same without the time of day. */
export function dayInWords(text: string, language: string): string {
  const time = Date.parse(text)
  if (!text.includes('T') || Number.isNaN(time)) return dateInWords(text, language)
  return new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long', day: 'numeric' }).format(time)
}
