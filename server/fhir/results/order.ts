/** What was ordered and has no result yet, or never will. https://hl7.org/fhir/R4/servicerequest.html */
import type { JsonObject } from '../json.ts'
import { codesIn, textIn, wordsIn } from './reading.ts'
import { categoriesIn, timeIn } from './result.ts'

export interface Order {
  /** `ServiceRequest/17` */
  readonly reference: string
  readonly name: string
  readonly categories: readonly string[]
  readonly state: 'pending' | 'cancelled'
  readonly ordered: string | undefined
  /** When it is to be done. */
  readonly due: string | undefined
  /** Why it was cancelled, where that is told. */
  readonly reason: string | undefined
}

const states: Readonly<Record<string, Order['state']>> = {
  active: 'pending',
  'on-hold': 'pending',
  revoked: 'cancelled',
}

/** SNOMED CT's and FHIR's categories of orders that results come of. */
const resulting: ReadonlySet<string> = new Set(['108252007', '363679005', 'laboratory', 'imaging', 'LAB', 'RAD'])

/** Undefined for orders of other things, and for those that are done. */
export function orderOf(request: JsonObject): Order | undefined {
  const status = textIn(request['status']) ?? ''
  const state = Object.hasOwn(states, status) ? states[status] : undefined
  const name = wordsIn(request['code'])
  const categories = categoriesIn(request['category'])
  const isResulting =
    categories.some((code) => resulting.has(code)) ||
    (categories.length === 0 && codesIn(request['code']).some(({ system }) => system === 'http://loinc.org'))
  if (!state || name === undefined || !isResulting) return undefined
  return {
    reference: `ServiceRequest/${textIn(request['id']) ?? ''}`,
    name,
    categories,
    state,
    ordered: textIn(request['authoredOn']),
    due: timeIn(request, 'occurrence'),
    reason: wordsIn(request['statusReason']),
  }
}
