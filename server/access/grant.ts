/** From what a token stands for to what may be reached: scopes, the role, the patients, labels and consents together. */
import { OutcomeError } from '../fhir/outcome.ts'
import { isId } from '../fhir/reference.ts'
import { heldTypes, reviewSystem } from '../fhir/review/labels.ts'
import type { AccessLayer, GrantAccess, Need } from './access.ts'
import type { Caller } from './caller.ts'
import { type AccessIndex, inCompartment, inOwnRecord, mayBelongToPatient } from './compartment-terms.ts'
import { confinementOf } from './confinement.ts'
import { denied, type StoredConsent } from './consent.ts'
import { meetsCriteria } from './criteria.ts'
import { labelTerms, type RestrictedLabels, withoutLabels } from './labels.ts'
import { forPerson, type Policies, type PolicyRule, type RolePolicy } from './policy.ts'
import { rolePolicyTerms } from './policy-resource.ts'
import { allOf, anyOf, everyRow, noRow, not, type Predicate, union } from './predicate.ts'
import { type Interaction, parseScopes, printScope, type ResourceScope, type ScopeContext } from './scope.ts'
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

/** The access of a caller. Made once for a token as long as the world is the same: what it finds out it remembers. */
export function grantAccess(caller: Caller, world: AccessWorld): GrantAccess {
  const grant = compile(caller, world)
  const views = new Map<Need, GrantAccess>()
  const reaches = new Map<string, Predicate>()
  const hidden = new Map<string, readonly string[]>()
  const names = new Map<string, readonly (readonly string[])[]>()
  const view = (need: Need): GrantAccess => {
    const known = views.get(need)
    if (known) return known
    const rows = new Map<string, Predicate>()
    const made: GrantAccess = {
      kind: 'grant',
      client: caller.client,
      caller,
      need,
      for: view,
      rows: (type) => remembered(rows, type, () => rowsFor(need, type, made)),
      reach: (type, interaction) =>
        remembered(reaches, `${type} ${interaction}`, () => reach(grant, type, interaction)),
      confinement: (type, interaction) => confinement(grant, type, interaction),
      use: (type) => remembered(reaches, `use ${type}`, () => byRoles(grant, type, 'r')),
      hidesSomething: grant.roles.some(({ rules }) => rules.some(({ hidden: paths }) => paths.length > 0)),
      hidden: (type) => remembered(hidden, type, () => hiddenElements(grant, type)),
      hiddenNames: (type) => remembered(names, type, () => hiddenNames(type, made.hidden(type), world)),
      refusal: (type, interaction) => refusal(grant, type, interaction),
      layers: (type) => layers(grant, type),
      administers: administers(grant),
      isAdministrator: grant.roles.some((role) => role.administers),
      invites: caller.account === undefined ? administers(grant) : grant.roles.some((role) => role.invites),
      releases: caller.account === undefined ? administers(grant) : grant.roles.some((role) => role.releases),
      explains: grant.roles.some((role) => role.explains),
    }
    views.set(need, made)
    return made
  }
  return view('r')
}

function rowsFor(need: Need, type: string, { use, reach: rowsWith }: GrantAccess): Predicate {
  if (need === 'use') return use(type)
  return need === 'rs' ? anyOf([rowsWith(type, 'r'), rowsWith(type, 's')]) : rowsWith(type, need)
}

function remembered<V>(known: Map<string, V>, key: string, make: () => V): V {
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    known.set(key, value)
  }
  return value
}

interface Grant {
  readonly caller: Caller
  readonly world: AccessWorld
  readonly scopes: readonly ResourceScope[]
  readonly roles: readonly RolePolicy[]
  /** The person, if the app may know who it is. */
  readonly self: { readonly type: string; readonly id: string } | undefined
}

function compile(caller: Caller, world: AccessWorld): Grant {
  const { scopes } = parseScopes(caller.scopes.join(' '))
  const roles = caller.account?.roles.flatMap((role) => world.policies.get(role) ?? []) ?? []
  const knowsUser = scopes.some((scope) => scope.kind === 'plain' && scope.name === 'fhirUser')
  const [type, id] = caller.account?.fhirUser?.split('/') ?? []
  const self = knowsUser && type && id && isId(id) ? { type, id } : undefined
  return { caller, world, scopes: scopes.filter((scope) => scope.kind === 'resource'), roles, self }
}

function reach(grant: Grant, type: string, interaction: Interaction): Predicate {
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
const changes: ReadonlySet<Interaction> = new Set(['c', 'u', 'd'] as const)

/** Rows that do not say what roles may do. */
function withoutPolicies(type: string, world: AccessWorld): Predicate {
  return type === 'Basic' ? not(union({ terms: rolePolicyTerms(world) })) : everyRow
}

function byScopes(grant: Grant, type: string, interaction: Interaction): Predicate {
  const fitting = grant.scopes.filter(
    (scope) => (scope.type === '*' || scope.type === type) && scope.interactions.includes(interaction),
  )
  return anyOf(
    fitting.map(({ context, criteria }) =>
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
const inContext: Readonly<Record<ScopeContext, (grant: Grant, type: string, interaction: Interaction) => Predicate>> = {
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
function byRoles(grant: Grant, type: string, interaction: Interaction): Predicate {
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

function rulesFor({ roles }: Grant, type: string, interactions: readonly Interaction[]) {
  return roles.flatMap((role) =>
    role.rules
      .filter((rule) => rule.types.has(type) && interactions.some((one) => rule.interactions.includes(one)))
      .map((rule) => ({ role, rule })),
  )
}

function confinement(grant: Grant, type: string, interaction: Interaction): ReadonlySet<string> | undefined {
  const scopes = grant.scopes.filter((scope) => concerns(scope, type, interaction))
  const rules = rulesFor(grant, type, [interaction]).map(({ rule }) => rule)
  return confinementOf(grant.caller, scopes, rules)
}

function concerns({ type: named, interactions }: ResourceScope, type: string, interaction: Interaction): boolean {
  return (named === type || named === '*') && interactions.includes(interaction)
}

/** The rows that a rule is about. */
function rowsOf(
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
function orBehindGlass(
  { caller, world }: Grant,
  role: RolePolicy,
  type: string,
  restrictions: readonly Predicate[],
): Predicate {
  const { behindGlass = [] } = caller
  const opened = role.breaksGlass ? inCompartment(type, behindGlass, world) : noRow
  return anyOf([opened, allOf(restrictions)])
}

function byLabels(grant: Grant, role: RolePolicy, type: string): Predicate {
  return withoutLabels(type, grant.world.restrictedLabels, role.labels, grant.world)
}

/** What is held for review is kept from patients and from those who act for them; what they add themselves may come to be. */
function byReview(type: string, interaction: Interaction, world: AccessWorld): Predicate {
  if (interaction === 'c' || !heldTypes.has(type)) return everyRow
  return not(union({ terms: labelTerms(type, reviewSystem, 'held', world) }))
}

function byConsents(grant: Grant, type: string, interaction: Interaction): Predicate {
  return not(withheldBy(grant.world.consents, grant, type, interaction))
}

function withheldBy(
  consents: readonly StoredConsent[],
  { caller, world }: Grant,
  type: string,
  interaction: Interaction,
): Predicate {
  const { memberships, now } = world
  return denied(consents, { caller, memberships, type, interaction, now }, world)
}

/** Of the rules by which resources of a type may be seen: elements that one hides and none shows for every row. */
function hiddenElements(grant: Grant, type: string): readonly string[] {
  const rules = rulesFor(grant, type, ['r', 's']).map(({ rule }) => rule)
  const isCovered = (rule: PolicyRule, other: PolicyRule) =>
    other.rows === undefined &&
    other.criteria.length === 0 &&
    rule.interactions.every((one) => other.interactions.includes(one) || (one !== 'r' && one !== 's')) &&
    other.hidden.every((path) => rule.hidden.includes(path))
  const counting = rules.filter(
    (rule, i) => !rules.some((other, k) => k !== i && isCovered(rule, other) && (k < i || !isCovered(other, rule))),
  )
  const paths = [...new Set(counting.flatMap(({ hidden }) => hidden))].sort()
  // The narrative tells what the elements do, and what is contained belongs to one of them.
  return paths.length === 0 ? [] : [...paths, 'contained', 'text']
}

/** The JSON properties of hidden elements: a choice has several, and what is primitive a second one. */
function hiddenNames(type: string, paths: readonly string[], { definitions }: AccessWorld) {
  const properties = [...(definitions.properties(type)?.values() ?? [])]
  return paths.flatMap((path) => {
    const [first, ...rest] = path.split('.')
    const own = properties.filter(({ element }) => element.name === first).map(({ name }) => name)
    if (rest.length === 0) return own.flatMap((name) => [[name], [`_${name}`]])
    return own.flatMap((name) => [
      [name, ...rest],
      [name, ...rest.slice(0, -1), `_${rest.at(-1)}`],
    ])
  })
}

/** Everything, for people by their role and for backend services by their scopes. */
function administers({ caller, roles, scopes }: Grant): boolean {
  const context: ScopeContext = caller.account === undefined ? 'system' : 'user'
  const reachesAll = scopes.some(
    (scope) =>
      scope.context === context && scope.type === '*' && scope.interactions.length === 5 && scope.criteria.length === 0,
  )
  return reachesAll && (caller.account === undefined || roles.some((role) => role.administers))
}

const words: Readonly<Record<Interaction, string>> = {
  c: 'create',
  r: 'read',
  u: 'update',
  d: 'delete',
  s: 'search for',
}

function refusal(grant: Grant, type: string, interaction: Interaction): OutcomeError {
  const { caller, scopes, world } = grant
  if (type === 'AuditEvent' && changes.has(interaction)) return new OutcomeError('append-only')
  if (byScopes(grant, type, interaction).kind !== 'none') {
    const roles = grant.roles.map(({ role }) => role).join(', ') || 'none'
    return new OutcomeError('role-forbids', { roles, action: words[interaction], type })
  }
  const named = scopes.find((scope) => concerns(scope, type, interaction))
  if (named?.context === 'patient' && caller.patient === undefined) {
    return new OutcomeError('insufficient-scope', { scope: 'launch/patient' })
  }
  const context = missingContext(caller, scopes, mayBelongToPatient(type, world))
  const scope: ResourceScope = {
    kind: 'resource',
    context,
    type,
    interactions: [interaction],
    criteria: [],
    syntax: 'v2',
  }
  return new OutcomeError('insufficient-scope', { scope: printScope(scope) })
}

/** The context in which a client would ask for what it lacks: as it asked for the rest. */
function missingContext(caller: Caller, scopes: readonly ResourceScope[], isOfPatient: boolean): ScopeContext {
  if (caller.account === undefined) return 'system'
  const contexts = new Set(scopes.map(({ context }) => context))
  if (contexts.has('patient') && (isOfPatient || !contexts.has('user'))) return 'patient'
  return contexts.has('user') || caller.patient === undefined ? 'user' : 'patient'
}

/** What a search for a type passes, in order: scopes, what the roles allow, labels, each consent. */
function layers(grant: Grant, type: string): readonly AccessLayer[] {
  const rules = rulesFor(grant, type, ['s'])
  const byRule = (part: (role: RolePolicy) => Predicate, ownPart: Predicate = everyRow) =>
    anyOf(
      rules.map(({ role, rule }) =>
        allOf([rowsOf(rule, grant, type, 's'), rule.rows === 'own' ? ownPart : part(role)]),
      ),
    )
  const consents = grant.world.consents.flatMap((consent) => {
    const withheld = withheldBy([consent], grant, type, 's')
    if (withheld.kind === 'none') return []
    return [{ name: consent.name, passes: byRule((role) => orBehindGlass(grant, role, type, [not(withheld)])) }]
  })
  const roles = grant.roles.map(({ role }) => role).join(', ')
  const fitting = grant.scopes.filter((scope) => concerns(scope, type, 's'))
  return [
    { name: `scope ${fitting.map(printScope).join(' ')}`, passes: byScopes(grant, type, 's'), ofApp: true },
    { name: `role ${roles}`, passes: byRule(() => everyRow) },
    {
      name: 'security labels',
      passes: byRule(
        (role) => orBehindGlass(grant, role, type, [byLabels(grant, role, type)]),
        byReview(type, 's', grant.world),
      ),
    },
    ...consents,
  ]
}
