/**
 * Every fault that the FHIR interface reports, in one table: a stable code, its HTTP status, its issue type and a
 * sentence that says what to change. https://hl7.org/fhir/R4/operationoutcome.html
 */
import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes'

export interface CatalogueEntry {
  readonly status: number
  readonly issue: OperationOutcomeIssue['code']
  /** `{name}` is replaced by the parameter of that name. */
  readonly text: string
}

export const outcomeSystem = 'urn:candela:outcome'

export const catalogue = {
  // The request itself
  'bad-request': { status: 400, issue: 'invalid', text: '{reason}' },
  'unknown-path': {
    status: 404,
    issue: 'not-supported',
    text: "There is no interaction at '{path}'. See /fhir/metadata for what this server offers.",
  },
  'unknown-type': {
    status: 404,
    issue: 'not-supported',
    text: "'{type}' is not a FHIR R4 resource type that can be stored.{nearest}",
  },
  'unknown-inner-type': {
    status: 422,
    issue: 'not-supported',
    text: "'{type}' is not a FHIR R4 resource type.{nearest}",
  },
  'unknown-operation': {
    status: 404,
    issue: 'not-supported',
    text: 'This server has no operation {operation} here. See /fhir/metadata for those it has.',
  },
  'method-not-allowed': {
    status: 405,
    issue: 'not-supported',
    text: '{method} is not allowed here; allowed: {allowed}.',
  },
  'invalid-id': {
    status: 400,
    issue: 'value',
    text: "'{id}' is not a FHIR id: use 1 to 64 of the characters A-Z a-z 0-9 - .",
  },
  'invalid-header': { status: 400, issue: 'invalid', text: "The header {header} cannot be read: '{value}'. {reason}" },
  'foreign-host': {
    status: 421,
    issue: 'forbidden',
    text: "This server is not '{host}'. While AUTH is none it answers to localhost and to the host of PUBLIC_URL alone.",
  },
  'foreign-origin': {
    status: 403,
    issue: 'forbidden',
    text: "Pages of '{origin}' may not use this server: while AUTH is none, only those of this machine and of PUBLIC_URL may.",
  },
  'not-acceptable': {
    status: 406,
    issue: 'not-supported',
    text: "'{accept}' cannot be produced; ask for application/fhir+json or application/fhir+xml.",
  },
  'unsupported-media-type': {
    status: 415,
    issue: 'not-supported',
    text: "A body of type '{type}' cannot be read here; send {expected}.",
  },
  'body-too-large': {
    status: 413,
    issue: 'too-long',
    text: 'The body is larger than {limit} bytes. Send it in parts.',
  },
  'headers-too-large': { status: 431, issue: 'too-long', text: 'The headers, the URL among them, are too large.' },
  'request-timeout': { status: 408, issue: 'timeout', text: 'The request did not arrive in time. Send it again.' },
  'missing-body': { status: 400, issue: 'required', text: 'This request needs a body: {expected}.' },

  // Reading what was sent
  'invalid-utf8': { status: 400, issue: 'structure', text: 'The body is not valid UTF-8. Encode it as UTF-8.' },
  'invalid-json': { status: 400, issue: 'structure', text: 'The body is not JSON: {reason}' },
  'invalid-xml': { status: 400, issue: 'structure', text: 'The body is not FHIR XML: {reason}' },
  'duplicate-key': {
    status: 400,
    issue: 'structure',
    text: "The property '{key}' occurs twice in one object. Keep one of them.",
  },
  'too-deep': { status: 400, issue: 'too-long', text: 'The body is nested deeper than {limit} levels.' },
  'nul-character': {
    status: 400,
    issue: 'value',
    text: 'The body contains a NUL character, which FHIR strings may not. Remove it.',
  },
  'wrong-resource-type': {
    status: 400,
    issue: 'invalid',
    text: "The body is a '{actual}', but '{expected}' is expected here. Make them equal.",
  },
  'missing-id': {
    status: 400,
    issue: 'required',
    text: 'The body has no id, which an update needs. Give it the id in the URL.',
  },
  'wrong-id': {
    status: 400,
    issue: 'invalid',
    text: "The body's id '{actual}' differs from the id '{expected}' in the URL. Make them equal.",
  },

  // Structure
  'unknown-element': { status: 422, issue: 'structure', text: "'{element}' is not an element of {type}.{nearest}" },
  'missing-element': { status: 422, issue: 'required', text: "'{element}' is required and absent." },
  'too-many': {
    status: 422,
    issue: 'structure',
    text: "'{element}' may occur at most {max} times, but occurs {count}.",
  },
  'out-of-order': {
    status: 422,
    issue: 'structure',
    text: "'{element}' comes behind '{before}', but belongs before it: in XML, elements stand in the order of their definition.",
  },
  'wrong-shape': { status: 422, issue: 'structure', text: "'{element}' must be {expected}, but is {actual}." },
  'invalid-value': { status: 422, issue: 'value', text: "'{value}' is not a valid {type}." },
  'empty-value': {
    status: 422,
    issue: 'structure',
    text: "'{element}' is empty. Leave out elements that have no value.",
  },
  'several-choices': {
    status: 422,
    issue: 'structure',
    text: 'Only one of {names} may be present. Keep the one that is meant.',
  },
  'misplaced-element': {
    status: 422,
    issue: 'structure',
    text: "'{element}' is not allowed in {place}. Leave it out.",
  },
  'unknown-code': {
    status: 422,
    issue: 'code-invalid',
    text: "'{code}' is not in the value set {valueSet}, which is required here.{allowed}",
  },

  // Profiles
  'too-few': { status: 422, issue: 'required', text: "'{element}' needs at least {min} values, but has {count}." },
  'rule-violated': { status: 422, issue: 'business-rule', text: '{reason}' },
  'invariant-violated': { status: 422, issue: 'invariant', text: 'The rule {key} is not met: {human}' },
  'fixed-value': { status: 422, issue: 'value', text: "'{element}' must be {expected}." },
  'slice-missing': {
    status: 422,
    issue: 'structure',
    text: "'{element}' needs at least {min} of the slice '{slice}'{which}, but has {count}.",
  },
  'slice-excess': {
    status: 422,
    issue: 'structure',
    text: "'{element}' may have at most {max} of the slice '{slice}'{which}, but has {count}.",
  },
  'slice-unknown': { status: 422, issue: 'structure', text: "This '{element}' {reason}." },
  'wrong-type': {
    status: 422,
    issue: 'structure',
    text: "'{element}' must be of type {allowed}, but is of type {actual}.",
  },
  'unknown-profile': {
    status: 422,
    issue: 'not-found',
    text: "The profile '{profile}' is not known here, so that it cannot be checked. Install its package.",
  },
  'unusable-profile': {
    status: 422,
    issue: 'not-supported',
    text: "The profile '{profile}' cannot be used: no snapshot can be made of it. Correct its base or its differential.",
  },
  'unknown-extension': {
    status: 422,
    issue: 'structure',
    text: "The extension '{url}' is not known here, so that its content cannot be checked. Install the package that defines it.",
  },
  'extension-context': {
    status: 422,
    issue: 'structure',
    text: "The extension '{url}' is not allowed here{reason}.",
  },
  'wrong-target': {
    status: 422,
    issue: 'structure',
    text: "'{reference}' refers to {actual}, but {expected} is meant.",
  },
  'invariant-unchecked': {
    status: 422,
    issue: 'not-supported',
    text: 'The rule {key} could not be evaluated, so that nobody knows whether it is met: {reason}.',
  },
  'invariant-too-costly': {
    status: 422,
    issue: 'too-costly',
    text: 'The rule {key} takes more steps on this resource than may be taken. Make the rule simpler, or the resource smaller.',
  },
  'validation-too-costly': {
    status: 422,
    issue: 'too-costly',
    text: 'Checking this resource takes more steps than may be taken, so that it could not be finished.',
  },
  'code-missing': { status: 422, issue: 'code-invalid', text: "'{element}' needs a code of the value set {valueSet}." },
  'profile-mismatch': {
    status: 422,
    issue: 'structure',
    text: "'{element}' conforms to none of {profiles}. What each of them lacks is told beside this.",
  },
  'profile-required': {
    status: 422,
    issue: 'structure',
    text: 'This {element} must conform to one of the profiles that are required here. It is nearest to {nearest}. They are {profiles}.',
  },
  'code-outside': {
    status: 422,
    issue: 'code-invalid',
    text: "'{code}' is not in the value set {valueSet}. Another code is allowed only where none of these fits.",
  },
  'code-unchecked': {
    status: 422,
    issue: 'not-supported',
    text: "Nobody here can tell whether '{code}' is in the value set {valueSet}: load what defines the value set and its codes.{asked}",
  },
  'code-unknown-in-system': { status: 422, issue: 'code-invalid', text: '{reason}' },

  // Resources and versions
  'resource-not-found': {
    status: 404,
    issue: 'not-found',
    text: 'No {reference} is stored here. Check the id, or search for it.',
  },
  'resource-deleted': { status: 410, issue: 'deleted', text: '{reference} was deleted. Its history is still there.' },
  'version-not-found': { status: 404, issue: 'not-found', text: '{reference} has no version {version}.' },
  'version-conflict': {
    status: 412,
    issue: 'conflict',
    text: '{reference} is at version {actual}, not {expected}. Read it again and repeat the change.',
  },
  'no-current-version': {
    status: 412,
    issue: 'conflict',
    text: '{reference} does not exist, or no more, though If-Match demands it. Leave If-Match out to go on without it.',
  },
  'already-exists': { status: 412, issue: 'duplicate', text: '{reference} exists already.' },
  'multiple-matches': {
    status: 412,
    issue: 'multiple-matches',
    text: "{count} resources match '{criteria}'. Narrow the criteria to one.",
  },
  'no-match': { status: 404, issue: 'not-found', text: "Nothing matches '{criteria}'." },
  contention: {
    status: 409,
    issue: 'conflict',
    text: 'Another request changed the same data at the same time. Repeat the request.',
  },
  'criteria-required': {
    status: 412,
    issue: 'required',
    text: 'A conditional request needs search criteria that identify the resource.',
  },

  // Access
  'token-required': {
    status: 401,
    issue: 'login',
    text: 'This needs an access token: send it as Authorization: Bearer …. /fhir/.well-known/smart-configuration tells where to get one.',
  },
  'token-invalid': {
    status: 401,
    issue: 'login',
    text: 'The access token is not known, has expired or was revoked. Get a new one.',
  },
  'insufficient-scope': {
    status: 403,
    issue: 'forbidden',
    text: "This needs the scope '{scope}', which was not granted. Ask for it when the app is launched.",
  },
  'role-forbids': {
    status: 403,
    issue: 'forbidden',
    text: 'The role of this account ({roles}) may not {action} {type}.',
  },
  'out-of-reach': {
    status: 403,
    issue: 'forbidden',
    text: 'This {type} would be outside of what was granted. Store what belongs to the granted patient, or has what the scopes ask for.',
  },
  'element-hidden': {
    status: 403,
    issue: 'forbidden',
    text: "'{element}' of {type} is hidden from the role of this account: it can be neither searched nor written.",
  },
  'append-only': {
    status: 403,
    issue: 'forbidden',
    text: 'AuditEvents are written by the server alone; nobody creates, changes or deletes them. They can be read and searched.',
  },
  'invalid-role-policy': { status: 422, issue: 'business-rule', text: '{reason}' },
  'state-forbidden': { status: 403, issue: 'forbidden', text: '{reason}' },
  'state-conflict': { status: 412, issue: 'conflict', text: '{reason}' },
  'administrators-only': {
    status: 403,
    issue: 'forbidden',
    text: '{operation} is for administrators, and needs the scope user/*.cruds or system/*.cruds.',
  },

  // Search
  'unknown-parameter': {
    status: 400,
    issue: 'not-supported',
    text: "{type} has no search parameter '{name}'.{nearest}",
  },
  'unusable-parameter': {
    status: 422,
    issue: 'not-supported',
    text: 'The search parameter {url} cannot be used: {reason}',
  },
  'unsupported-modifier': {
    status: 400,
    issue: 'not-supported',
    text: "The modifier ':{modifier}' does not apply to '{name}' (type {type}).{allowed}",
  },
  'invalid-search-value': {
    status: 400,
    issue: 'value',
    text: "'{value}' is not a value for '{name}' (type {type}). {expected}",
  },
  'invalid-chain': { status: 400, issue: 'invalid', text: "'{chain}' cannot be followed: {reason}" },
  'invalid-search': { status: 400, issue: 'invalid', text: '{reason}' },
  'too-costly': {
    status: 422,
    issue: 'too-costly',
    text: 'This takes longer than {seconds} s. Narrow the criteria.',
  },

  // Patch
  'invalid-patch': { status: 400, issue: 'invalid', text: 'The patch cannot be read: {reason}' },
  'patch-failed': { status: 422, issue: 'processing', text: 'The patch cannot be applied: {reason}' },

  // Bundles
  'invalid-bundle': { status: 400, issue: 'invalid', text: '{reason}' },
  'unresolved-reference': {
    status: 400,
    issue: 'not-found',
    text: "The reference '{reference}' matches {count} resources; it must match exactly one.",
  },
  'entry-failed': { status: 400, issue: 'processing', text: 'Entry {index} failed, so nothing was changed: {reason}' },

  // Operations
  'invalid-parameters': { status: 400, issue: 'invalid', text: '{reason}' },
  'not-supported': { status: 400, issue: 'not-supported', text: '{reason}' },

  'invalid-graphql': { status: 400, issue: 'invalid', text: 'The GraphQL request cannot be carried out: {reason}' },
  'query-too-costly': { status: 422, issue: 'too-costly', text: '{reason}' },

  // Terminology
  'unknown-terminology': {
    status: 404,
    issue: 'not-found',
    text: "The {what} '{canonical}' is not known here. Store it, load its package, or import its release.{asked}",
  },
  'unlisted-concept': {
    status: 404,
    issue: 'not-found',
    text: "The code system '{system}' is not known here in full: '{code}' is not among the codes that are.{asked}",
  },
  'unknown-concept': { status: 404, issue: 'not-found', text: "The code system '{system}' has no code '{code}'." },
  'invalid-terminology': { status: 422, issue: 'processing', text: '{reason}' },

  // The server
  unavailable: { status: 503, issue: 'transient', text: 'The database cannot be reached. Try again shortly.' },
  'outcome-unknown': {
    status: 503,
    issue: 'transient',
    text: 'The connection was lost while committing: the change may or may not have happened. Read before repeating.',
  },
  internal: { status: 500, issue: 'exception', text: 'An internal error occurred; it is logged as {id}.' },

  // Not errors
  'audit-behind': {
    status: 200,
    issue: 'incomplete',
    text: 'AuditEvents of what happened since {since} are still being made; all before are here. Ask again for the rest.',
  },
  'ignored-parameter': {
    status: 200,
    issue: 'not-supported',
    text: "The search parameter '{name}' was ignored.{nearest}",
  },
  'all-ok': { status: 200, issue: 'informational', text: '{reason}' },
} as const satisfies Record<string, CatalogueEntry>

export type OutcomeCode = keyof typeof catalogue

export interface Issue {
  readonly code: OutcomeCode
  readonly params?: Readonly<Record<string, string | number>>
  /** Where, as FHIRPath: `Patient.name[0].given`. */
  readonly expression?: string
  /** Line and column of a text, or another place that FHIRPath cannot name. */
  readonly location?: string
  readonly severity?: OperationOutcomeIssue['severity']
  /** The key of the rule that is broken, such as `obs-7`, and the profile that states it. */
  readonly rule?: string
  readonly profile?: string
}

/** Whether the issue says that something is wrong: that is so where nothing else is told. */
export function isError({ code, severity }: Issue): boolean {
  return severity === undefined ? catalogue[code].status >= 300 : severity === 'error' || severity === 'fatal'
}

/** Ends a request with one or more issues; the status is that of the first. */
export class OutcomeError extends Error {
  readonly issues: readonly Issue[]

  constructor(code: OutcomeCode, params?: Issue['params'], place?: Pick<Issue, 'expression' | 'location'>)
  constructor(issues: readonly Issue[])
  constructor(first: OutcomeCode | readonly Issue[], params?: Issue['params'], place?: Partial<Issue>) {
    const issues = typeof first === 'string' ? [{ code: first, ...(params && { params }), ...place }] : first
    super(issues.map(issueText).join(' '))
    this.issues = issues
  }

  get status(): number {
    return catalogue[this.issues[0]!.code].status
  }
}

/** The issue's sentence with its parameters filled in. */
export function issueText(issue: Issue): string {
  const entry: CatalogueEntry = catalogue[issue.code]
  return entry.text.replace(/\{(\w+)\}/g, (_, name: string) => shortened(name, String(issue.params?.[name] ?? '')))
}

/** What was sent is quoted, but not at any length; a reason is the server's own words, which may quote, too. */
function shortened(name: string, text: string): string {
  const limit = name === 'reason' ? 10_000 : 500
  return text.length > limit ? `${text.slice(0, limit)}…` : text
}

/** The OperationOutcome resource for a list of issues. */
export function operationOutcome(issues: readonly Issue[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: issues.map(outcomeIssue) }
}

function outcomeIssue(issue: Issue): OperationOutcomeIssue {
  const entry: CatalogueEntry = catalogue[issue.code]
  const text = issueText(issue)
  return {
    severity: issue.severity ?? (entry.status < 300 ? 'information' : 'error'),
    code: entry.issue,
    details: { coding: [{ system: outcomeSystem, code: issue.code }, ...ruleCoding(issue)], text },
    diagnostics: `${text}${ruleNote(issue)}`,
    ...(issue.expression && { expression: [issue.expression] }),
    ...(issue.location && { location: [issue.location] }),
  }
}

/** For people, who do not look at codings. */
function ruleNote({ rule, profile }: Issue): string {
  return rule === undefined || profile === undefined ? '' : ` (${rule} of ${profile})`
}

/** A rule's key means something together with the profile that states it. */
function ruleCoding({ rule, profile }: Issue): { system?: string; code: string }[] {
  if (rule === undefined) return []
  return [{ ...(profile !== undefined && { system: profile }), code: rule }]
}
