/** The codes above or below a code. https://hl7.org/fhir/R4/search.html#modifiers */
import { OutcomeError } from '../outcome.ts'
import { mostExpanded } from './expand.ts'
import type { Facts } from './facts.ts'
import { numbersOf, sizeOf } from './ranges.ts'

/** The code itself with those above or below it; undefined where the system, or the code in it, is unknown. */
export function relatedCodes(
  { system: url, code }: { readonly system: string; readonly code: string },
  direction: 'above' | 'below',
  facts: Facts,
): { readonly system: string; readonly code: string }[] | undefined {
  const system = facts.system(url)
  const number = system?.numberOf(code)
  if (!system || number === undefined) return undefined
  const related = system[direction](number)
  const size = sizeOf(related)
  if (size > mostExpanded) {
    const reason = `There are ${size} codes ${direction} '${code}', more than the ${mostExpanded} that a search can list.`
    throw new OutcomeError('query-too-costly', { reason })
  }
  const numbers = numbersOf(related)
  system.expectConcepts?.(numbers)
  return numbers.map((one) => ({ system: url, code: system.concept(one).code }))
}
