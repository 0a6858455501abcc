/** https://hl7.org/fhir/R4/search.html#total */
import type { Context } from '../context.ts'
import type { Criterion } from '../fhir/search/criterion.ts'
import { countQuery } from '../fhir/search/page.ts'
import { type Compiler, scopeOf } from '../fhir/search/scope.ts'
import { runCount } from '../store/search.ts'

/** How many resources of a type match. */
export async function countOf(
  type: string,
  criteria: readonly Criterion[],
  compiler: Compiler,
  context: Context,
): Promise<number> {
  return runCount(context.store.searchDb, countQuery(criteria, scopeOf(type, compiler)))
}
