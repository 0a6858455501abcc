/** The state of one check against profiles, and how issues are told. */

import type { Definitions } from '../../definitions.ts'
import type { Spend } from '../../fhirpath/native/budget.ts'
import { FhirPathBudgetError } from '../../fhirpath/native/budget.ts'
import type { NativeEnvironment } from '../../fhirpath/native/values.ts'
import type { JsonObject, JsonValue } from '../../json.ts'
import { type Issue, isError, type OutcomeCode } from '../../outcome.ts'
import type { CodeQuestion, CodeVerdict, Terminology } from '../../terminology/terminology.ts'
import { maxIssues } from '../walk.ts'
import type { Profile } from './element-tree.ts'
import type { NearCanonicals, Profiles } from './profiles.ts'
import type { Trials } from './trials.ts'

/** What is decided where the specification leaves a choice. */
export interface Policy {
  /** What an extension that nobody knows is, unless its url begins with one of `extensionDomains`. */
  readonly unknownExtension: 'error' | 'warning' | 'information'
  readonly extensionDomains: readonly string[]
  readonly unknownProfile: 'error' | 'warning'
  /** A code that its system does not have, where no binding refuses it. */
  readonly unknownCode: 'error' | 'warning'
  /** A required binding to a value set that is not known. */
  readonly unknownBinding: 'error' | 'warning'
  readonly wrongDisplay: 'error' | 'warning'
  /** Markup in plain text. */
  readonly markup: 'error' | 'warning' | 'none'
  readonly exampleUrls: 'error' | 'none'
  /** A reference whose target is not to be had. */
  readonly missingTarget: 'error' | 'none'
  /** What a reference to a resource that is not at hand says of its type. */
  readonly unresolvedTargets: 'check' | 'ignore'
  /** Recommendations (`dom-6` and its like) are told. */
  readonly bestPractice: boolean
}

/** All that one validator shares among its visits. */
export interface Tools {
  readonly definitions: Definitions
  readonly canonicals: NearCanonicals
  readonly profiles: Profiles
  readonly terminology: Pick<Terminology, 'check'>
  readonly policy: Policy
  /** Which code systems only supplement others, as far as they have been met. */
  readonly supplements: Map<string, boolean>
  readonly requiredProfiles?: ((type: string) => readonly string[]) | undefined
}

/** A resource, what encloses it, and its place in a Bundle. */
export interface Scope {
  readonly resource: JsonObject
  readonly parent: Scope | undefined
  /** Contained in the parent. */
  readonly contained: boolean
  /** Of the Bundle entry that holds the resource. */
  readonly fullUrl: string | undefined
  /** The first known profile that it claims: other canonicals are meant as that one means them. */
  claimed?: Profile | undefined
  /** The ids of its elements so far. */
  ids?: Set<string>
  /** Those of the resources contained in it. */
  containedIds?: Set<string>
}

/** Codes that have to be asked for, and what is to be made of the answers. */
export interface Pending {
  readonly questions: readonly CodeQuestion[]
  readonly judge: (verdicts: readonly CodeVerdict[]) => readonly Issue[]
}

/** Where issues are: names and indexes from the root. */
export interface Place {
  readonly path: readonly (string | number)[]
}

/** Codes by their question, and questionnaires by canonical. */
export interface Needs {
  readonly codes: Map<string, CodeQuestion>
  readonly questionnaires: Set<string>
}

/** What has been asked for since; of a questionnaire also that there is none. */
export interface Answers {
  readonly codes: ReadonlyMap<string, CodeVerdict>
  readonly questionnaires: ReadonlyMap<string, JsonObject | undefined>
}

export interface Visit {
  readonly tools: Tools
  readonly issues: Issue[]
  readonly pending: Pending[]
  /** What had to be known at once and was not: all is to be checked again when it is. */
  readonly needed: Needs
  readonly told: Answers
  /** The present, as a FHIR instant; without it the functions of FHIRPath that ask for it are empty. */
  readonly now: string | undefined
  /** The names and indexes from the root to the element that is being looked at. */
  readonly path: (string | number)[]
  scope: Scope
  /** What expressions are given in that scope, once one has been asked. */
  environment?: (NativeEnvironment & { readonly scope: Scope }) | undefined
  /** The scopes of the resources that were sent, as far as they have been met. */
  readonly scopes: Map<object, Scope>
  /** The extensions around the element that is being looked at. */
  readonly extensions: JsonObject[]
  /** Which profiles an object has been checked against, or is being. */
  readonly seen: Seen
  readonly trials: Trials
  /** A resource that is not among what was sent. */
  readonly resolve: (reference: string) => JsonObject | undefined
  /** Takes a step of what the check may cost; throws a FhirPathBudgetError where nothing is left. */
  readonly spend: Spend
  /** Whether the profiles that resources claim are checked. */
  readonly claims: boolean
  /** Only whether there are errors is asked: the first ends the check by a FirstErrorFound. */
  readonly endsAtError?: boolean
}

/** Checks that are done or under way; `around` those of the visit that tries something. */
export interface Seen {
  readonly own: Map<object, Set<Profile>>
  readonly around: Seen | undefined
}

/** A value with its type; of a primitive also what stands beside it. */
export interface Item {
  readonly value: JsonValue | undefined
  readonly extra: JsonObject | undefined
  readonly type: string
  /** Position among its siblings; -1 where there can be one only. */
  readonly index: number
}

export interface Told {
  readonly severity?: 'error' | 'warning' | 'information'
  readonly rule?: string
  readonly profile?: Profile | undefined
}

/** Thrown where one error is all that is asked for. */
export class FirstErrorFound extends Error {}

/** Made once: where it comes from is of no interest. */
const firstErrorFound = new FirstErrorFound()

/** Adds an issue about the element that is being looked at; the same one is not told twice. */
export function tell(
  visit: Visit,
  code: OutcomeCode,
  params: Readonly<Record<string, string | number>>,
  told: Told = {},
  ...place: readonly (string | number)[]
): void {
  if (visit.endsAtError && (told.severity ?? 'error') === 'error') throw firstErrorFound
  addIssue(visit.issues, issueAt(visit, code, params, told, ...place))
}

/** The issue that `tell` would add. */
export function issueAt(
  place: Place,
  code: OutcomeCode,
  params: Readonly<Record<string, string | number>>,
  { severity = 'error', rule, profile }: Told = {},
  ...below: readonly (string | number)[]
): Issue {
  return {
    code,
    params,
    severity,
    expression: expressionAt(place, below),
    ...(rule !== undefined && { rule }),
    ...(profile && { profile: profile.url }),
  }
}

/** Of more issues than are kept, errors go before all others: what is wrong must not pass for want of room. */
export function addIssue(issues: Issue[], issue: Issue): void {
  if (issues.some((other) => isSame(issue, other))) return
  if (issues.length >= maxIssues) {
    const least = isError(issue) ? issues.findLastIndex((other) => !isError(other)) : -1
    if (least < 0) return
    issues.splice(least, 1)
  }
  issues.push(issue)
}

function isSame(a: Issue, b: Issue): boolean {
  if (a.code !== b.code || a.expression !== b.expression || a.severity !== b.severity || a.rule !== b.rule) return false
  const params = a.params ?? {}
  return Object.keys(params).every((name) => params[name] === b.params?.[name])
}

/** The FHIRPath of the element that is being looked at, or of one below it. */
export function expressionAt({ path }: Place, below: readonly (string | number)[] = []): string {
  let text = ''
  for (const segment of below.length === 0 ? path : [...path, ...below]) {
    text += typeof segment === 'number' ? `[${segment}]` : text === '' ? segment : `.${segment}`
  }
  return text
}

/** Tells that a profile cannot be checked: it is not known, or nothing can be made of it. */
export function tellNoProfile(visit: Visit, canonical: string, told: Told): void {
  const isKnown = visit.tools.canonicals.find('StructureDefinition', canonical) !== undefined
  tell(visit, isKnown ? 'unusable-profile' : 'unknown-profile', { profile: canonical }, told)
}

/** Goes down to an element; `leave` goes back. */
export function enter(visit: Visit, name: string, index = -1): void {
  visit.path.push(name)
  if (index >= 0) visit.path.push(index)
}

export function leave(visit: Visit, index = -1): void {
  if (index >= 0) visit.path.pop()
  visit.path.pop()
}

/** The scope of a resource inside another one, the same one each time. */
export function scopeWithin(
  { scopes }: Visit,
  parent: Scope,
  resource: JsonObject,
  place: Pick<Scope, 'contained' | 'fullUrl'>,
): Scope {
  const known = scopes.get(resource)
  if (known) return known
  const scope: Scope = { resource, parent, ...place }
  scopes.set(resource, scope)
  return scope
}

/** True where the object has not been checked against the profile yet; from then on it has. */
export function isFirst(visit: Visit, object: object, profile: Profile): boolean {
  for (let seen: Seen | undefined = visit.seen; seen; seen = seen.around) {
    if (seen.own.get(object)?.has(profile)) return false
  }
  const { own } = visit.seen
  const profiles = own.get(object)
  if (profiles) profiles.add(profile)
  else own.set(object, new Set([profile]))
  return true
}

/** Resources may refer to each other without end; further than this nobody looks. */
const mostTrials = 100

/** A visit of the same place whose issues are its own: to try something. */
export function aside(visit: Visit): Visit {
  if (visit.trials.depth > mostTrials) throw new FhirPathBudgetError('the resources refer to each other too deeply')
  const seen: Seen = { own: new Map(), around: visit.seen.around ?? visit.seen }
  return { ...visit, environment: undefined, issues: [], pending: [], path: [...visit.path], seen, endsAtError: false }
}

export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some(({ severity }) => severity === undefined || severity === 'error' || severity === 'fatal')
}
