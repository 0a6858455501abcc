/** What is absent is told once. */
import { type Issue, isError } from '../../outcome.ts'

/** Without what the base specification says to be absent and a profile says as well: that says more. */
export function toldOnce(issues: readonly Issue[]): readonly Issue[] {
  const isAbsence = (issue: Issue) => issue.code === 'missing-element' && isError(issue)
  const byProfiles = new Set(
    issues.filter((issue) => isAbsence(issue) && issue.profile).map(({ expression }) => expression),
  )
  if (byProfiles.size === 0) return issues
  return issues.filter((issue) => issue.profile !== undefined || !isAbsence(issue) || !byProfiles.has(issue.expression))
}
