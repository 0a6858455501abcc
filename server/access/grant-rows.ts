/** From a grant to the rows of a type that it reaches: by scopes, roles, labels and consents. */
import { isId } from '../fhir/reference.ts'
import { heldTypes, reviewSystem } from '../fhir/review/labels.ts'
import type { Caller } from './caller.ts'
import { type AccessIndex, inCompartment, inOwnRecord } from './compartment-terms.ts'
import { denied, type StoredConsent } from './consent.ts'
import { meetsCriteria } from './criteria.ts'
import { labelTerms, type RestrictedLabels, withoutLabels } from './labels.ts'
import { forPerson, type Policies, type PolicyRule, type RolePolicy } from './policy.ts'
import { rolePolicyTerms } from './policy-resource.ts'
import { allOf, anyOf, everyRow, noRow, not, type Predicate, union } from './predicate.ts'
import { type Interaction, parseScopes, type ResourceScope, type ScopeContext } from './scope.ts'
import { sharedTerm, sharedTypes } from './shared-types.ts'

/** What access is compiled with, besides the caller. */
export interface AccessWorld extends AccessIndex {
  readonly policies: Policies
  readonly restrictedLabels: RestrictedLabels
  readonly consents: readonly StoredConsent[]
  /** References to the organizations, the roles and the care teams that the person is part of. */
  readonly memberships: readonly string[]
  /** Milliseconds. */
  readonly now: number
}

export interface Grant {
  readonly caller: Caller
  readonly world: AccessWorld
  readonly scopes: readonly ResourceScope[]
  readonly roles: readonly RolePolicy[]
  /** The person, if the app may know who it is. */
  readonly self: { readonly type: string; readonly id: string } | undefined
}

export function compile(caller: Caller, world: AccessWorld): Grant {
  const { scopes } = parseScopes(caller.scopes.join(' '))
  const roles = caller.account?.roles.flatMap((role) => world.policies.get(role) ?? []) ?? []
  const knowsUser = scopes.some((scope) => scope.kind === 'plain' && scope.name === 'fhirUser')
  const [type, id] = caller.account?.fhirUser?.split('/') ?? []
  const self = knowsUser && type && id && isId(id) ? { type, id } : undefined
  return { caller, world, scopes: scopes.filter((scope) => scope.kind === 'resource'), roles, self }
}

export function reach(grant: Grant, type: string, interaction: Interaction): Predicate {
  if (type === 'AuditEvent' && changes.has(interaction)) return noRow
  const granted = allOf([
    byScopes(grant, type, interaction),
    byRoles(grant, type, interaction),
    ...(changes.has(interaction) && !administers(grant) ? [withoutPolicies(type, grant.world)] : []),
  ])
  const { self } = grant
  if (interaction !== 'r' || self?.type !== type) return granted
  return anyOf([granted, union({ keys: [grant.world.indexes.terms.key(type, self.id)] })])
}

/** AuditEvents are made by the server alone, and what roles may do is said by administrators. */
export const changes: ReadonlySet<Interaction> = new Set(['c', 'u', 'd'] as const)

/** Rows that do not say what roles may do. */
function withoutPolicies(type: string, world: AccessWorld): Predicate {
  return type === 'Basic' ? not(union({ terms: rolePolicyTerms(world) })) : everyRow
}

/** The scopes that speak of an interaction with a type, and that somebody like the caller can have. */
export function scopesOf({ scopes, caller }: Grant, type: string, interaction: Interaction): readonly ResourceScope[] {
  return scopes.filter(
    (scope) => concerns(scope, type, interaction) && (scope.context === 'system') === (caller.account === undefined),
  )
}

export function byScopes(grant: Grant, type: string, interaction: Interaction): Predicate {
  return anyOf(
    scopesOf(grant, type, interaction).map(({ context, criteria }) =>
      allOf([inContext[context](grant, type, interaction), meetsCriteria(type, criteria, grant.world)]),
    ),
  )
}

/** Rows of patients' records; what is changed or deleted must be theirs in the first place. */
function ofPatients(type: string, ids: readonly string[], interaction: Interaction, world: AccessWorld): Predicate {
  const changesIt = interaction === 'u' || interaction === 'd'
  return changesIt ? inOwnRecord(type, ids, world) : inCompartment(type, ids, world)
}

/** The rows that scopes of a context speak of. */
export const inContext: Readonly<
  Record<ScopeContext, (grant: Grant, type: string, interaction: Interaction) => Predicate>
> = {
  patient: ({ caller, world }, type, interaction) => {
    if (caller.account === undefined || caller.patient === undefined) return noRow
    return anyOf([ofPatients(type, [caller.patient], interaction, world), shared(type, world)])
  },
  user: ({ caller }) => (caller.account === undefined ? noRow : everyRow),
  system: ({ caller }) => (caller.account === undefined ? everyRow : noRow),
}

function shared(type: string, { indexes }: AccessWorld): Predicate {
  return sharedTypes.has(type) ? union({ terms: [sharedTerm(indexes.terms)] }) : noRow
}

/** What the roles allow, without what labels and consents withhold. A backend service has no role: its scopes say all. */
export function byRoles(grant: Grant, type: string, interaction: Interaction): Predicate {
  if (grant.caller.account === undefined) return byConsents(grant, type, interaction)
  return anyOf(
    rulesFor(grant, type, [interaction]).map(({ role, rule }) =>
      rule.rows === 'own'
        ? allOf([rowsOf(rule, grant, type, interaction), byReview(type, interaction, grant.world)])
        : allOf([
            rowsOf(rule, grant, type, interaction),
            orBehindGlass(grant, role, type, [byLabels(grant, role, type), byConsents(grant, type, interaction)]),
          ]),
    ),
  )
}

export function rulesFor({ roles }: Grant, type: string, interactions: readonly Interaction[]) {
  return roles.flatMap((role) =>
    role.rules
      .filter((rule) => rule.types.has(type) && interactions.some((one) => rule.interactions.includes(one)))
      .map((rule) => ({ role, rule })),
  )
}

export function concerns(
  { type: named, interactions }: ResourceScope,
  type: string,
  interaction: Interaction,
): boolean {
  return (named === type || named === '*') && interactions.includes(interaction)
}

/** The rows that a rule is about. */
export function rowsOf(
  { rows, criteria }: PolicyRule,
  { caller, world }: Grant,
  type: string,
  interaction: Interaction,
): Predicate {
  const { fhirUser, patients = [] } = caller.account ?? {}
  const needsPerson = criteria.some(({ values }) => values.some((value) => value.includes('{fhirUser}')))
  if (needsPerson && fhirUser === undefined) return noRow
  const meant = meetsCriteria(
    type,
    criteria.map((criterion) => forPerson(criterion, fhirUser ?? '')),
    world,
  )
  switch (rows) {
    case undefined:
      return meant
    case 'own':
      return allOf([ofPatients(type, patients, interaction, world), meant])
    case 'shared':
      return allOf([shared(type, world), meant])
    case 'self': {
      const [selfType, id] = fhirUser?.split('/') ?? []
      return selfType === type && id ? union({ keys: [world.indexes.terms.key(type, id)] }) : noRow
    }
  }
}

/** What else restricts is set aside for the patients whose records were opened in an emergency, and for nobody else. */
export function orBehindGlass(
  { caller, world }: Grant,
  role: RolePolicy,
  type: string,
  restrictions: readonly Predicate[],
): Predicate {
  const { behindGlass = [] } = caller
  const opened = role.breaksGlass ? inCompartment(type, behindGlass, world) : noRow
  return anyOf([opened, allOf(restrictions)])
}

export function byLabels(grant: Grant, role: RolePolicy, type: string): Predicate {
  return withoutLabels(type, grant.world.restrictedLabels, role.labels, grant.world)
}

/** What is held for review is kept from patients and from those who act for them; what they add themselves may come to be. */
export function byReview(type: string, interaction: Interaction, world: AccessWorld): Predicate {
  if (interaction === 'c' || !heldTypes.has(type)) return everyRow
  return not(union({ terms: labelTerms(type, reviewSystem, 'held', world) }))
}

export function byConsents(grant: Grant, type: string, interaction: Interaction): Predicate {
  return not(withheldBy(grant.world.consents, grant, type, interaction))
}

export function withheldBy(
  consents: readonly StoredConsent[],
  { caller, world }: Grant,
  type: string,
  interaction: Interaction,
): Predicate {
  const { memberships, now } = world
  return denied(consents, { caller, memberships, type, interaction, now }, world)
}

/** Everything, for people by their role and for backend services by their scopes. */
export function administers({ caller, roles, scopes }: Grant): boolean {
  const context: ScopeContext = caller.account === undefined ? 'system' : 'user'
  const reachesAll = scopes.some(
    (scope) =>
      scope.context === context && scope.type === '*' && scope.interactions.length === 5 && scope.criteria.length === 0,
  )
  return reachesAll && (caller.account === undefined || roles.some((role) => role.administers))
}
