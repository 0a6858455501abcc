/**
 * What people may do by their role, as data: see profiles/policies. A scope never gives more than the role of the person
 * who granted it.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import type { AccessIndex } from './compartment-terms.ts'
import { criterionProblem } from './criteria.ts'
import { type Interaction, interactionLetters, parseScope, type ScopeCriterion } from './scope.ts'
import { sharedTypes } from './shared-types.ts'

/**
 * Which rows a rule is about. `own`: of the patients for whom the person may act, whatever labels and consents say, once
 * results are released.
 * `shared`: what tells nothing of patients. `self`: the resource that the person is.
 */
export type RuleRows = 'own' | 'shared' | 'self'

export interface PolicyRule {
  readonly types: ReadonlySet<string>
  readonly interactions: readonly Interaction[]
  /** All rows when absent. */
  readonly rows?: RuleRows
  /** `{fhirUser}` in a value stands for the reference to the person. */
  readonly criteria: readonly ScopeCriterion[]
  /** Elements of the types that are hidden: `comment`, `contact.name`. */
  readonly hidden: readonly string[]
}

export interface RolePolicy {
  readonly role: string
  readonly about: string
  /** Restricted security labels that may be seen: `R`, `PSY`, …; `*` for all. */
  readonly labels: ReadonlySet<string>
  /** Operations that change how the server works. */
  readonly administers: boolean
  /** In an emergency, labels and consents may be set aside, by the purpose of use BTG. */
  readonly breaksGlass: boolean
  /** May be told how much was left out of a search, and why. */
  readonly explains: boolean
  /** May say whose an account is: by an invitation, or by deciding what somebody says. */
  readonly invites: boolean
  /** May say that patients see a result that was held for review. */
  readonly releases: boolean
  readonly rules: readonly PolicyRule[]
}

/** Policies by role. */
export type Policies = ReadonlyMap<string, RolePolicy>

export class PolicyError extends Error {}

const members = ['role', 'about', 'labels', 'administers', 'breaksGlass', 'explains', 'invites', 'releases', 'rules']
const ruleMembers = ['types', 'interactions', 'rows', 'criteria', 'hidden']
const rowKinds: readonly string[] = ['own', 'shared', 'self'] satisfies RuleRows[]

/** Reads the policy of a role; `groups` are names for several types. Throws `PolicyError` for what cannot be meant. */
export function parsePolicy(policy: JsonObject, groups: JsonObject, index: AccessIndex): RolePolicy {
  const { role, about } = policy
  if (typeof role !== 'string' || !/^[a-z][a-z-]*$/.test(role)) throw new PolicyError('A policy needs a role.')
  const fail: Fail = (reason) => new PolicyError(`The policy of '${role}': ${reason}`)
  checkMembers(policy, members, fail)
  if (typeof about !== 'string') throw fail('it needs an about.')
  if (!Array.isArray(policy['rules'])) throw fail('it needs rules.')
  return {
    role,
    about,
    labels: new Set(texts(policy['labels'] ?? [], 'labels', fail)),
    administers: flag(policy, 'administers', fail),
    breaksGlass: flag(policy, 'breaksGlass', fail),
    explains: flag(policy, 'explains', fail),
    invites: flag(policy, 'invites', fail),
    releases: flag(policy, 'releases', fail),
    rules: policy['rules'].map((rule) => parseRule(rule, groups, index, fail)),
  }
}

type Fail = (reason: string) => PolicyError

function parseRule(rule: JsonValue, groups: JsonObject, index: AccessIndex, fail: Fail): PolicyRule {
  if (!isJsonObject(rule)) throw fail('a rule must be an object.')
  checkMembers(rule, ruleMembers, fail)
  const { rows, criteria: query } = rule
  const types = texts(rule['types'], 'types', fail).flatMap((name) => typesNamed(name, groups, index, fail))
  if (rows !== undefined && !rowKinds.includes(rows as string)) throw fail(`rows are ${rowKinds.join(', ')}.`)
  const interactions = lettersOf(rule['interactions'], fail)
  const criteria = query === undefined ? [] : criteriaOf(query, fail)
  for (const type of types) checkCriteria(type, criteria, index, fail)
  const hidden = texts(rule['hidden'] ?? [], 'hidden', fail)
  for (const path of hidden) checkHidden(path, types, interactions, index, fail)
  return {
    types: new Set(types),
    interactions,
    ...(rows !== undefined && { rows: rows as RuleRows }),
    criteria,
    hidden,
  }
}

/** A type, `*`, `@shared`, or a group of the file of groups. */
function typesNamed(name: string, groups: JsonObject, index: AccessIndex, fail: Fail): readonly string[] {
  const { resourceTypes } = index.definitions
  if (name === '*') return resourceTypes
  if (name === '@shared') return [...sharedTypes]
  if (name.startsWith('@')) {
    const group = groups[name.slice(1)]
    if (group === undefined) throw fail(`there is no group '${name}'.`)
    return texts(group, name, fail).flatMap((member) => typesNamed(member, groups, index, fail))
  }
  if (!resourceTypes.includes(name)) throw fail(`'${name}' is no resource type.`)
  return [name]
}

function lettersOf(value: JsonValue | undefined, fail: Fail): readonly Interaction[] {
  const letters = interactionLetters.filter((letter) => typeof value === 'string' && value.includes(letter))
  if (letters.length === 0 || letters.join('') !== value)
    throw fail('interactions are letters of cruds, in that order.')
  return letters
}

function criteriaOf(query: JsonValue, fail: Fail): readonly ScopeCriterion[] {
  const scope = parseScope(`user/*.r?${String(query)}`)
  if (scope?.kind !== 'resource') throw fail(`the criteria '${String(query)}' cannot be read.`)
  return scope.criteria
}

function checkCriteria(type: string, criteria: readonly ScopeCriterion[], index: AccessIndex, fail: Fail): void {
  for (const criterion of criteria) {
    const problem = criterionProblem(type, forPerson(criterion, 'Practitioner/1'), index)
    if (problem !== undefined) throw fail(problem)
  }
}

/** A criterion with the person in the place of `{fhirUser}`. */
export function forPerson(criterion: ScopeCriterion, fhirUser: string): ScopeCriterion {
  return { ...criterion, values: criterion.values.map((value) => value.replaceAll('{fhirUser}', fhirUser)) }
}

/** Elements that exist and can be done without. What is hidden below an element could not be put back into a changed resource. */
function checkHidden(
  path: string,
  types: readonly string[],
  interactions: readonly Interaction[],
  { definitions, indexes }: AccessIndex,
  fail: Fail,
): void {
  const [first] = path.split('.')
  for (const type of types) {
    const elements = [...(definitions.properties(type)?.values() ?? [])].map(({ element }) => element.name)
    if (!elements.includes(first!)) throw fail(`'${path}' is no element of ${type}.`)
    const { date, patient } = indexes.index(type).principal
    // Results are ordered by the one, and kept apart by the other.
    const needed = [...date, ...(patient ? [patient] : [])].some(({ text }) => text.split('.')[1] === first)
    if (needed || first === 'meta' || first === 'id') throw fail(`'${path}' of ${type} cannot be hidden.`)
  }
  if (path.includes('.') && interactions.includes('u')) {
    throw fail(`'${path}' is hidden inside an element: a rule that allows updates hides whole elements.`)
  }
}

function texts(value: JsonValue | undefined, name: string, fail: Fail): readonly string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw fail(`${name} is a list of texts.`)
  return value
}

function flag(policy: JsonObject, name: string, fail: Fail): boolean {
  const value = policy[name] ?? false
  if (typeof value !== 'boolean') throw fail(`${name} is true or false.`)
  return value
}

function checkMembers(object: JsonObject, known: readonly string[], fail: Fail): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name))
  if (unknown !== undefined) throw fail(`it has no member '${unknown}'; it has ${known.join(', ')}.`)
}
