/** Which scopes mean something here. */
import { criterionProblem } from '../access/criteria.ts'
import type { Scope } from '../access/scope.ts'
import type { Context } from '../context.ts'

/** Those whose resource type exists, and whose criteria can restrict access to it. */
export function usableScopes(
  scopes: readonly Scope[],
  context: Pick<Context, 'definitions' | 'indexes' | 'base'>,
): Scope[] {
  return scopes.filter((scope) => {
    if (scope.kind === 'plain') return true
    const { type, criteria } = scope
    if (type !== '*' && !context.definitions.isResourceType(type)) return false
    if (type === '*') return criteria.length === 0
    return criteria.every((criterion) => criterionProblem(type, criterion, context) === undefined)
  })
}
