/**
 * Validation against the base specification and profiles. Structure comes first; what profiles say is looked at even
 * where the structure has faults, as far as it can be read.
 */
import { createBudget, FhirPathBudgetError, type Spend } from '../../fhirpath/native/budget.ts'
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { Issue } from '../../outcome.ts'
import type { CodeQuestion, CodeVerdict, Terminology } from '../../terminology/terminology.ts'
import { resourceRules } from '../rules/resource-rules.ts'
import { validateStructure } from '../structure.ts'
import { checkAlternatives } from './alternatives.ts'
import type { CheckInner } from './base-check.ts'
import { checkBase } from './base-check.ts'
import { type Profile, text, texts } from './element-tree.ts'
import { resourceItem } from './items.ts'
import { checkProfile } from './profile-check.ts'
import type { Elements } from './profiles.ts'
import { createProfiles } from './profiles.ts'
import { entriesOf } from './resolve.ts'
import { toldOnce } from './told-once.ts'
import { createTrials } from './trials.ts'
import type { Answers, Pending, Policy, Scope, Tools, Visit } from './visit.ts'
import { addIssue, issueAt, scopeWithin, tell, tellNoProfile } from './visit.ts'

export interface ValidatorSources extends Pick<Tools, 'definitions' | 'canonicals' | 'terminology'> {
  /** The elements of a profile's snapshot. */
  readonly elements: Elements
  readonly policy?: Partial<Policy>
  /** Profiles that every resource of a type must conform to. */
  readonly requiredProfiles?: (type: string) => readonly string[]
}

export interface ValidationRequest {
  /** Canonicals that the resource must conform to, besides those that it claims. */
  readonly profiles?: readonly string[]
  /** Canonicals of which the resource must conform to one, for each list. */
  readonly alternatives?: readonly (readonly string[])[]
  /** Whether the profiles that resources claim are checked; they are unless told otherwise. */
  readonly claims?: boolean
  /** Whether references may be searches. */
  readonly transaction?: boolean
  /** A resource that is not among what was sent. */
  readonly resolve?: (reference: string) => JsonObject | undefined
  /** Takes a step of what the check may take; throws a FhirPathBudgetError when it is too much. */
  readonly spend?: Spend
  /** The present, as a FHIR instant, for rules that ask for it. */
  readonly now?: string
}

export interface Validation {
  readonly issues: readonly Issue[]
  /** Codes that are not known in memory: `settle` asks for them. */
  readonly pending: readonly Pending[]
  /** What must be known before anything can be told, and the check with that; there are no issues and nothing pending yet. */
  readonly needed?: {
    readonly codes: readonly CodeQuestion[]
    readonly questionnaires: readonly string[]
    readonly again: (verdicts: readonly CodeVerdict[], questionnaires: Answers['questionnaires']) => Validation
  }
}

/** Where `settle` asks. */
export interface Sources extends Pick<Terminology, 'decide'> {
  /** Questionnaires that clients stored, by canonical. */
  readonly questionnaires?: (canonicals: readonly string[]) => Promise<Answers['questionnaires']>
}

export type Validate = (resource: JsonObject, request?: ValidationRequest) => Validation

/** A cautious policy: what nobody knows is told and not refused. */
export const defaultPolicy: Policy = {
  unknownExtension: 'information',
  extensionDomains: [],
  unknownProfile: 'warning',
  unknownCode: 'warning',
  unknownBinding: 'warning',
  wrongDisplay: 'warning',
  markup: 'none',
  exampleUrls: 'none',
  missingTarget: 'none',
  unresolvedTargets: 'check',
  bestPractice: false,
}

/** A validator keeps what it compiles: make one for as long as its sources are the same. */
export function createValidator(sources: ValidatorSources): Validate {
  const tools: Tools = {
    definitions: sources.definitions,
    canonicals: sources.canonicals,
    terminology: sources.terminology,
    profiles: createProfiles(sources.canonicals, sources.elements),
    policy: { ...defaultPolicy, ...sources.policy },
    supplements: new Map(),
    requiredProfiles: sources.requiredProfiles,
  }
  return (resource, request = {}) => validate(tools, resource, request)
}

function validate(
  tools: Tools,
  resource: JsonObject,
  request: ValidationRequest,
  told: Answers = { codes: new Map(), questionnaires: new Map() },
): Validation {
  const structure = validateStructure(resource, tools.definitions, { transaction: request.transaction === true })
  const type = text(resource['resourceType'])
  const scope: Scope = { resource, parent: undefined, contained: false, fullUrl: undefined }
  const visit: Visit = {
    tools,
    issues: [...structure],
    pending: [],
    needed: { codes: new Map(), questionnaires: new Set() },
    told,
    now: request.now,
    path: [type],
    scope,
    environment: undefined,
    scopes: new Map([[resource, scope]]),
    extensions: [],
    seen: { own: new Map(), around: undefined },
    trials: createTrials(),
    resolve: request.resolve ?? (() => undefined),
    spend: request.spend ?? createBudget(mostSteps),
    claims: request.claims !== false,
  }
  // What is nested deeper than can be read has been told of.
  if (!tools.definitions.isResourceType(type) || structure.some(({ code }) => code === 'too-deep'))
    return { issues: visit.issues, pending: [] }
  try {
    checkAll(visit, resource, request)
  } catch (error) {
    if (!(error instanceof FhirPathBudgetError)) throw error
    // A check that was not finished must not pass for one.
    addIssue(visit.issues, issueAt({ path: [type] }, 'validation-too-costly', {}, { rule: 'budget' }))
  }
  const { issues, pending, needed } = visit
  const isKnown = needed.codes.size === 0 && needed.questionnaires.size === 0
  return isKnown || told.codes.size >= mostTold
    ? { issues: toldOnce(issues), pending }
    : again(tools, resource, request, visit)
}

/** So many codes are asked for so that a check can go on; rules that ask for ever more end by it. */
const mostTold = 10_000

/** Rules and slices have been judged without what they need: nothing of it counts. */
function again(tools: Tools, resource: JsonObject, request: ValidationRequest, { needed, told }: Visit): Validation {
  return {
    issues: [],
    pending: [],
    needed: {
      codes: [...needed.codes.values()],
      questionnaires: [...needed.questionnaires],
      again: (verdicts, questionnaires) => {
        const found = [...needed.codes.keys()].map((key, i) => [key, verdicts[i]!] as const)
        // Of what nobody has found it is known that there is none.
        const asked = [...needed.questionnaires].map((canonical) => [canonical, questionnaires.get(canonical)] as const)
        return validate(tools, resource, request, {
          codes: new Map([...told.codes, ...found]),
          questionnaires: new Map([...told.questionnaires, ...asked]),
        })
      },
    },
  }
}

/** What one resource may take, seconds at most: a Bundle of three thousand entries takes twenty thousand steps. */
const mostSteps = 1_000_000

function checkAll(visit: Visit, resource: JsonObject, { profiles = [], alternatives = [] }: ValidationRequest): void {
  checkResource(visit, resource)
  const required = visit.tools.requiredProfiles?.(text(resource['resourceType'])) ?? []
  for (const canonical of [...required, ...profiles]) checkAgainst(visit, resource, canonical, 'error')
  for (const canonicals of alternatives) checkAlternatives(visit, resource, canonicals, claimsOf(resource))
}

/** Checks a resource where it stands, all that is in it, and the profiles that it claims. */
function checkResource(visit: Visit, resource: JsonObject): void {
  const item = resourceItem(resource)
  if (item.type === 'Bundle') prepareEntries(visit, resource)
  visit.scope.claimed = firstKnown(visit, resource)
  checkBase(visit, item, checkInner)
  for (const rule of resourceRules[item.type] ?? []) rule(visit, resource)
  if (!visit.claims) return
  for (const canonical of claimsOf(resource))
    checkAgainst(visit, resource, canonical, visit.tools.policy.unknownProfile)
}

function firstKnown({ tools, claims, scope }: Visit, resource: JsonObject): Profile | undefined {
  if (!claims) return undefined
  for (const canonical of claimsOf(resource)) {
    const profile = tools.profiles.find(canonical)
    if (profile) return profile
  }
  return scope.parent?.claimed
}

function claimsOf({ meta }: JsonObject): string[] {
  return isJsonObject(meta) ? texts(meta['profile']) : []
}

/** References lead to entries that have not been looked at yet: what is in them is to be found there, too. */
function prepareEntries(visit: Visit, bundle: JsonObject): void {
  for (const { resource, fullUrl } of entriesOf(bundle)) {
    scopeWithin(visit, visit.scope, resource, { contained: false, fullUrl })
  }
}

function checkAgainst(visit: Visit, resource: JsonObject, canonical: string, severity: 'error' | 'warning'): void {
  const profile = visit.tools.profiles.find(canonical)
  if (profile) checkProfile(visit, resourceItem(resource), profile)
  else tellNoProfile(visit, canonical, { severity, rule: 'profile-unknown' })
}

const checkInner: CheckInner = (visit, resource, { element, parent }) => {
  if (!visit.tools.definitions.isResourceType(text(resource['resourceType']))) return
  const outer = visit.scope
  const fullUrl = text(parent['fullUrl']) || undefined
  if (element === 'contained') checkContainedId(visit, resource)
  visit.scope = scopeWithin(visit, outer, resource, { contained: element === 'contained', fullUrl })
  checkResource(visit, resource)
  visit.scope = outer
}

/** A reference by it means one resource. https://hl7.org/fhir/R4/references.html#contained */
function checkContainedId(visit: Visit, { id }: JsonObject): void {
  const { scope } = visit
  if (typeof id !== 'string') return
  scope.containedIds ??= new Set()
  const reason = `The id '${id}' is that of another contained resource, too. Give each its own.`
  if (scope.containedIds.has(id)) tell(visit, 'rule-violated', { reason }, { rule: 'id' }, 'id')
  scope.containedIds.add(id)
}

/** All issues, once what was not known in memory has been asked for. */
export async function settle(validation: Validation, sources: Sources): Promise<Issue[]> {
  let current = validation
  while (current.needed) {
    const { codes, questionnaires, again } = current.needed
    const [verdicts, found] = await Promise.all([
      codes.length === 0 ? [] : sources.decide(codes),
      questionnaires.length === 0 ? undefined : sources.questionnaires?.(questionnaires),
    ])
    current = again(verdicts, found ?? new Map())
  }
  const issues = [...current.issues]
  const { pending } = current
  if (pending.length === 0) return issues
  const verdicts = await sources.decide(pending.flatMap(({ questions }) => questions))
  let start = 0
  for (const { questions, judge } of pending) {
    for (const issue of judge(verdicts.slice(start, start + questions.length))) addIssue(issues, issue)
    start += questions.length
  }
  return issues
}

/** Whether there is anything to settle. */
export function isOpen({ pending, needed }: Validation): boolean {
  return pending.length > 0 || needed !== undefined
}
