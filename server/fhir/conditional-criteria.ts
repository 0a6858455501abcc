/** The search criteria of conditional interactions. https://hl7.org/fhir/R4/http.html#ccreate */
import { OutcomeError } from './outcome.ts'
import { resultParameters } from './search/find-parameter.ts'

/** They say how the reply is written, which a conditional request has, too. */
const written: ReadonlySet<string> = new Set(['_format', '_pretty'])
const misleading: ReadonlySet<string> = new Set(resultParameters.filter((name) => !written.has(name)))

/**
 * Refuses what a search has beside its criteria: `DELETE Patient?active=false&_count=1` would not delete one, and
 * `_summary=count` would not only count.
 */
export function checkCriteria(query: string): void {
  for (const name of new URLSearchParams(query).keys()) {
    if (!misleading.has(name.split(':', 1)[0]!)) continue
    const reason = `'${name}' says what a search returns; a conditional request takes criteria alone. Leave it out.`
    throw new OutcomeError('invalid-search', { reason })
  }
}
