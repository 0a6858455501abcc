/** Which Binaries a grant reaches: see security-context.ts. */
import type { AccessLayer, GrantAccess } from './access.ts'
import { meetsCriteria } from './criteria.ts'
import {
  type AccessWorld,
  byConsents,
  byLabels,
  changes,
  type Grant,
  inContext,
  rowsOf,
  rulesFor,
  scopesOf,
} from './grant-rows.ts'
import { allOf, anyOf, everyRow, noRow, type Predicate, union } from './predicate.ts'
import type { Interaction } from './scope.ts'
import { withContextOf } from './security-context.ts'

/** Binaries of which it is sure, without looking, that their security contexts let them be seen. */
export function shownByContext({ definitions, indexes }: AccessWorld, { reach: reached }: GrantAccess): Predicate {
  const types = definitions.resourceTypes.filter((type) => reached(type, 'r').kind === 'all')
  return types.length === definitions.resourceTypes.length ? everyRow : withContextOf(types, indexes.terms)
}

export function contextLayer(type: string, world: AccessWorld, access: GrantAccess): readonly AccessLayer[] {
  return type === 'Binary' ? [{ name: 'security context', passes: shownByContext(world, access) }] : []
}

/** Whoever may change a security context may change and delete what it decides about. */
export function deciding(grant: Grant, type: string, interaction: Interaction, access: GrantAccess): Predicate {
  const asked = changes.has(interaction) ? 'u' : 'r'
  const fitting = scopesOf(grant, 'Binary', interaction)
  const ofPatientOnly = fitting.every(({ context }) => context === 'patient')
  return allOf([access.for(asked).rows(type), ...(ofPatientOnly ? [inContext.patient(grant, type, asked)] : [])])
}

/** Binaries with security contexts of these terms, which decide whose they are: the rest is asked of the Binary. */
export function byItself(grant: Grant, interaction: Interaction, contexts: readonly bigint[]): Predicate {
  if (contexts.length === 0) return noRow
  const { caller, world } = grant
  const scoped = scopesOf(grant, 'Binary', interaction).map(({ criteria }) => meetsCriteria('Binary', criteria, world))
  const rules = rulesFor(grant, 'Binary', [interaction]).map(({ role, rule }) => {
    const own = rule.rows === 'own' ? { ...rule, rows: undefined } : rule
    const meant = rowsOf(own, grant, 'Binary', interaction)
    if (rule.rows === 'own') return meant
    return allOf([meant, byLabels(grant, role, 'Binary'), byConsents(grant, 'Binary', interaction)])
  })
  return allOf([
    union({ terms: contexts }),
    anyOf(scoped),
    caller.account === undefined ? byConsents(grant, 'Binary', interaction) : anyOf(rules),
  ])
}
