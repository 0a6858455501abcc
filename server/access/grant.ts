/** From what a token stands for to what may be reached: scopes, the role, the patients, labels and consents together. */
import { OutcomeError } from '../fhir/outcome.ts'
import type { AccessLayer, GrantAccess, Need, OpenedContexts } from './access.ts'
import { byItself, contextLayer, deciding, shownByContext } from './binary-rows.ts'
import type { Caller } from './caller.ts'
import { mayBelongToPatient } from './compartment-terms.ts'
import { confinementOf } from './confinement.ts'
import {
  type AccessWorld,
  administers,
  byLabels,
  byReview,
  byRoles,
  byScopes,
  changes,
  compile,
  concerns,
  type Grant,
  orBehindGlass,
  reach,
  rowsOf,
  rulesFor,
  withheldBy,
} from './grant-rows.ts'
import type { PolicyRule, RolePolicy } from './policy.ts'
import { allOf, anyOf, everyRow, not, type Predicate } from './predicate.ts'
import { type Interaction, printScope, type ResourceScope, type ScopeContext } from './scope.ts'

/** The access of a caller. Made once for a token as long as the world is the same: what it finds out it remembers. */
export function grantAccess(caller: Caller, world: AccessWorld): GrantAccess {
  return accessWith(compile(caller, world), noContexts)
}

const noContexts: OpenedContexts = new Map()

function accessWith(grant: Grant, opened: OpenedContexts): GrantAccess {
  const { caller, world } = grant
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
      rows: (type) => remembered(rows, type, () => rowsFor(need, type, grant, made, opened)),
      reach: (type, interaction) =>
        remembered(reaches, `${type} ${interaction}`, () => reach(grant, type, interaction)),
      confinement: (type, interaction) => confinement(grant, type, interaction),
      use: (type) => remembered(reaches, `use ${type}`, () => byRoles(grant, type, 'r')),
      deciding: (type, interaction) => deciding(grant, type, interaction, made),
      opening: (contexts) => accessWith(grant, contexts).for(need),
      hidesSomething: grant.roles.some(({ rules }) => rules.some(({ hidden: paths }) => paths.length > 0)),
      hidden: (type) => remembered(hidden, type, () => hiddenElements(grant, type)),
      hiddenNames: (type) => remembered(names, type, () => hiddenNames(type, made.hidden(type), world)),
      refusal: (type, interaction) => refusal(grant, type, interaction),
      layers: (type) => [...layers(grant, type), ...contextLayer(type, world, made)],
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

function rowsFor(need: Need, type: string, grant: Grant, access: GrantAccess, opened: OpenedContexts): Predicate {
  if (need === 'use') return access.use(type)
  const interactions: readonly Interaction[] = need === 'rs' ? ['r', 's'] : [need]
  return anyOf(
    interactions.map((one) => {
      const reached = access.reach(type, one)
      if (type !== 'Binary') return reached
      const contexts = opened.get(one) ?? []
      return anyOf([allOf([reached, shownByContext(grant.world, access)]), byItself(grant, one, contexts)])
    }),
  )
}

function remembered<V>(known: Map<string, V>, key: string, make: () => V): V {
  let value = known.get(key)
  if (value === undefined) {
    value = make()
    known.set(key, value)
  }
  return value
}

function confinement(grant: Grant, type: string, interaction: Interaction): ReadonlySet<string> | undefined {
  const scopes = grant.scopes.filter((scope) => concerns(scope, type, interaction))
  const rules = rulesFor(grant, type, [interaction]).map(({ rule }) => rule)
  return confinementOf(grant.caller, scopes, rules)
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
