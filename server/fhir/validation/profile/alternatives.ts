/** Profiles of which a resource must conform to one, whichever. */
import type { JsonObject } from '../../json.ts'
import { type Issue, isError } from '../../outcome.ts'
import type { Profile } from './element-tree.ts'
import { resourceItem } from './items.ts'
import { checkProfile, hasErrorsAgainst, issuesAgainst } from './profile-check.ts'
import { addIssue, tell, type Visit } from './visit.ts'

/** `claimed`: the canonicals that the resource itself names, which are checked anyway. */
export function checkAlternatives(
  visit: Visit,
  resource: JsonObject,
  canonicals: readonly string[],
  claimed: readonly string[],
): void {
  const known = canonicals.flatMap((canonical) => visit.tools.profiles.find(canonical) ?? [])
  if (claimed.some((canonical) => known.includes(visit.tools.profiles.find(canonical)!))) return
  const item = resourceItem(resource)
  if (known.length === 1) {
    checkProfile(visit, item, known[0]!)
    return
  }
  let nearest: { readonly profile: Profile; readonly issues: readonly Issue[]; readonly errors: number } | undefined
  if (known.some((profile) => !hasErrorsAgainst(visit, item, profile))) return
  for (const profile of known) {
    const issues = issuesAgainst(visit, item, profile)
    const errors = issues.filter(isError).length
    if (!nearest || errors < nearest.errors) nearest = { profile, issues, errors }
  }
  if (!nearest) return
  const params = { element: item.type, profiles: canonicals.join(', '), nearest: nearest.profile.url }
  tell(visit, 'profile-required', params, { rule: 'profile-required' })
  for (const issue of nearest.issues) addIssue(visit.issues, issue)
}
