/** What is said of roles is refused where it cannot be meant: a role would lose all that it may do. */
import { PolicyError } from '../../access/policy.ts'
import { policyOfBasic } from '../../access/policy-resource.ts'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'

/** Throws 403 for whoever does not administer the server, and 422 with what is wrong. */
export function requireRolePolicy(resource: JsonObject, { access, roles }: Pick<Context, 'access' | 'roles'>): void {
  if (access.kind === 'grant' && !access.administers) {
    throw new OutcomeError('administrators-only', { operation: 'Saying what a role may do' })
  }
  try {
    roles.parse(policyOfBasic(resource))
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new OutcomeError('invalid-role-policy', { reason: error.message }, { expression: 'Basic.extension' })
  }
}
