/** FHIR's dates on a line. Runs in browsers, too. */
import { dateRange } from '../date-range.ts'

/** The first millisecond of a date or dateTime; undefined where it is none. */
export function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : dateRange(text)?.low
}
