/** Finds what the conditions of a Bundle stand for: many criteria in few statements. */
import { accessFor } from '../access/access.ts'
import type { Context } from '../context.ts'
import type { Found } from '../fhir/transaction/decide.ts'
import { identifierForm } from '../fhir/transaction/identifiers.ts'
import { type Criterion, criterionKey } from '../fhir/transaction/links.ts'
import { findByTerms } from '../store/find-by-term.ts'
import { findMatches } from './conditional.ts'

/** A criterion, and how many matches are enough to know: two show that there are several. */
export type Wanted = Criterion & { readonly limit?: number }

const enough = 2

/** What each of the distinct `criteria` finds, by `criterionKey`. */
export async function resolveCriteria(
  criteria: readonly Wanted[],
  context: Context,
): Promise<Map<string, readonly Found[]>> {
  const matches = new Map<string, readonly Found[]>()
  const others = await findByIdentifier(criteria, context, matches)
  for (const criterion of others) {
    const { type, query, limit = enough } = criterion
    matches.set(criterionKey(criterion), await findMatches(type, query, context, limit))
  }
  return matches
}

/** One statement per type for the criteria that ask for one identifier; returns the others. */
async function findByIdentifier(
  criteria: readonly Wanted[],
  context: Context,
  matches: Map<string, readonly Found[]>,
): Promise<readonly Wanted[]> {
  const { store, access, indexes } = context
  const others: Wanted[] = []
  const termsOf = new Map<string, Map<string, readonly bigint[]>>()
  const limits = new Map<string, number>()
  for (const criterion of criteria) {
    const form = identifierForm(criterion.query)
    const paths = form === undefined ? undefined : indexes.index(criterion.type).parameters.get('identifier')?.paths
    if (!paths?.length) others.push(criterion)
    else {
      const ofType = termsOf.get(criterion.type) ?? new Map<string, readonly bigint[]>()
      termsOf.set(criterion.type, ofType)
      limits.set(criterion.type, Math.max(limits.get(criterion.type) ?? 0, criterion.limit ?? enough))
      ofType.set(
        criterionKey(criterion),
        paths.map((path) => indexes.terms.term(path.tweak, form!)),
      )
    }
  }
  for (const [type, terms] of termsOf) {
    const searching = accessFor(access, 's')
    const found = await findByTerms(
      store.db,
      searching,
      type,
      [...new Set([...terms.values()].flat())],
      limits.get(type)!,
    )
    for (const [key, alternatives] of terms) {
      const all = alternatives.flatMap((term) => found.get(term) ?? [])
      matches.set(key, [...new Map(all.map((match) => [match.key, match])).values()])
    }
  }
  return others
}
