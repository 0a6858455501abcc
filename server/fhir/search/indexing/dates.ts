/** Dates, as ranges of milliseconds. https://hl7.org/fhir/R4/search.html#date */
import type { SearchPath } from '../path.ts'
import { dateValues } from '../values.ts'
import type { Step } from './step.ts'

/** The date by which results are sorted: it has columns of its own. */
export function principalDateStep(path: SearchPath): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      dateValues(value, type, ({ low, high }) => {
        row.d0 = low
        row.d1 = high
      }),
    )
}

/** All other dates: they have rows in the side table. */
export function dateStep(path: SearchPath): Step {
  return ({ row, resource }) =>
    path.extract(resource, (value, type) =>
      dateValues(value, type, (range) => row.dates.push({ path: path.number, range })),
    )
}
