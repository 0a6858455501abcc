/**
 * Consents of patients as predicates of denial. What a provision says in a way that no predicate can tell counts against
 * access: it is left out of what restricts a denial, and makes a permission void. See CLARIFICATIONS.md.
 * https://hl7.org/fhir/R4/consent.html
 */
import { dateRange } from '../fhir/date-range.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import { forms } from '../fhir/search/forms.ts'
import type { Caller } from './caller.ts'
import { type AccessIndex, inCompartment, mayBelongToPatient } from './compartment-terms.ts'
import { labelTerms } from './labels.ts'
import { allOf, anyOf, everyRow, noRow, not, type Predicate, predicateText, union } from './predicate.ts'
import type { Interaction } from './scope.ts'

/** A consent that is in force. */
export interface StoredConsent {
  /** `Consent/1`. */
  readonly name: string
  /** The id of the patient. */
  readonly patient: string
  readonly provision: JsonObject
}

/** What a consent is judged by, besides the row. */
export interface ConsentCase {
  readonly caller: Caller
  /** References to the organizations that the person works for. */
  readonly organizations: readonly string[]
  readonly type: string
  readonly interaction: Interaction
  /** Milliseconds. */
  readonly now: number
}

/** The consent of a stored resource; undefined where it is not in force, or restricts nothing here. */
export function consentOf(resource: JsonObject, base: string): StoredConsent | undefined {
  const { id, status, patient, provision } = resource
  if (status !== 'active' || !isJsonObject(provision) || !isJsonObject(patient)) return undefined
  const reference = parseReference(String(patient['reference']), base)
  if (reference.kind !== 'relative' || reference.type !== 'Patient' || !denies(provision)) return undefined
  return { name: `Consent/${String(id)}`, patient: reference.id, provision }
}

function denies(provision: JsonObject): boolean {
  return provision['type'] === 'deny' || nested(provision).some(denies)
}

/** Whether some consent speaks of organizations, so that it must be known for whom callers work. */
export function mentionsOrganizations(consents: readonly StoredConsent[]): boolean {
  const mentions = (provision: JsonObject): boolean =>
    JSON.stringify(provision['actor'] ?? []).includes('"Organization/') || nested(provision).some(mentions)
  return consents.some(({ provision }) => mentions(provision))
}

/** Rows of the case's type that one of the consents withholds from its caller. Patients who say the same go together. */
export function denied(consents: readonly StoredConsent[], given: ConsentCase, index: AccessIndex): Predicate {
  if (!mayBelongToPatient(given.type, index)) return noRow
  const groups = new Map<string, { readonly what: Predicate; readonly patients: string[] }>()
  for (const { patient, provision } of consents) {
    const what = decided(provision, 'deny', given, index)
    if (what.kind === 'none') continue
    const text = predicateText(what)
    const group = groups.get(text) ?? { what, patients: [] }
    groups.set(text, group)
    group.patients.push(patient)
  }
  return anyOf(
    [...groups.values()].map(({ what, patients }) => allOf([inCompartment(given.type, patients, index), what])),
  )
}

/** Rows that a provision, and the exceptions within it, decide in this way. */
function decided(provision: JsonObject, type: 'deny' | 'permit', given: ConsentCase, index: AccessIndex): Predicate {
  // What cannot be told widens what is denied, and narrows what is permitted.
  const matched = matches(provision, given, index, type === 'deny' ? everyRow : noRow)
  if (matched.kind === 'none') return noRow
  const exceptions = nested(provision)
  if ((provision['type'] ?? 'permit') === type) {
    const other = type === 'deny' ? 'permit' : 'deny'
    return allOf([matched, not(anyOf(exceptions.map((exception) => decided(exception, other, given, index))))])
  }
  return allOf([matched, anyOf(exceptions.map((exception) => decided(exception, type, given, index)))])
}

function nested({ provision }: JsonObject): JsonObject[] {
  return Array.isArray(provision) ? provision.filter(isJsonObject) : []
}

/** The rows that a provision speaks of; `uncertain` stands for what no predicate can tell. */
function matches(provision: JsonObject, given: ConsentCase, index: AccessIndex, uncertain: Predicate): Predicate {
  if (!isInPeriod(provision['period'], given.now)) return noRow
  if (!concernsCaller(provision, given) || !concernsPurpose(provision, given) || !concernsAction(provision, given)) {
    return noRow
  }
  return allOf([
    classes(provision, given, uncertain),
    listed(provision['securityLabel'], ({ system, code }) => labelTerms(given.type, system, code, index)),
    listed(objects(provision['code']).flatMap(codings), ({ system, code }) =>
      codeTerms(given.type, system, code, index),
    ),
    data(provision, given, index, uncertain),
    provision['dataPeriod'] === undefined ? everyRow : uncertain,
  ])
}

function isInPeriod(period: JsonValue | undefined, now: number): boolean {
  if (!isJsonObject(period)) return true
  const { start, end } = period
  const from = typeof start === 'string' ? dateRange(start) : undefined
  const to = typeof end === 'string' ? dateRange(end) : undefined
  return (from === undefined || from.low <= now) && (to === undefined || now < to.high)
}

/** Actors are named by reference, or programs by the identifier that is their client id. */
function concernsCaller({ actor }: JsonObject, { caller, organizations }: ConsentCase): boolean {
  const actors = objects(actor).flatMap(({ reference }) => (isJsonObject(reference) ? [reference] : []))
  if (actors.length === 0) return true
  const names = new Set([...(caller.account?.fhirUser ? [caller.account.fhirUser] : []), ...organizations])
  return actors.some(({ reference, identifier }) => {
    const value = isJsonObject(identifier) ? identifier['value'] : undefined
    return (typeof reference === 'string' && names.has(reference)) || value === caller.client
  })
}

function concernsPurpose({ purpose }: JsonObject, { caller }: ConsentCase): boolean {
  const purposes = objects(purpose).map(({ code }) => code)
  // An emergency is one patient's: whoever else is seen meanwhile is seen to be treated.
  const { purposeOfUse: used = 'TREAT' } = caller
  return purposes.length === 0 || purposes.includes(used === 'BTG' ? 'TREAT' : used)
}

const actionsOf: Readonly<Record<Interaction, readonly string[]>> = {
  r: ['access', 'use', 'disclose'],
  s: ['access', 'use', 'disclose'],
  c: ['collect'],
  u: ['correct'],
  d: ['correct'],
}

function concernsAction({ action }: JsonObject, { interaction }: ConsentCase): boolean {
  const actions = objects(action)
    .flatMap(codings)
    .map(({ code }) => code)
  return actions.length === 0 || actions.some((code) => actionsOf[interaction].includes(code))
}

const resourceTypes = 'http://hl7.org/fhir/resource-types'

/** Classes are resource types; profiles and kinds of documents are not told apart. */
function classes(provision: JsonObject, { type }: ConsentCase, uncertain: Predicate): Predicate {
  const found = codings({ coding: provision['class'] ?? [] })
  if (found.length === 0) return everyRow
  const names = found.filter(({ system }) => system === resourceTypes).map(({ code }) => code)
  if (names.includes(type)) return everyRow
  return names.length < found.length ? uncertain : noRow
}

interface Code {
  readonly system: string
  readonly code: string
}

/** Rows that have one of the codes; every row where none is listed. */
function listed(
  values: JsonValue | readonly Code[] | undefined,
  termsOf: (code: Code) => readonly bigint[],
): Predicate {
  const codes = codings({ coding: (values ?? []) as JsonValue })
  return codes.length === 0 ? everyRow : union({ terms: codes.flatMap(termsOf) })
}

/** Search parameters that hold what a resource is about. */
const subjectCodes = ['code', 'type', 'category', 'class', 'vaccine-code', 'code-value-concept'] as const

function codeTerms(type: string, system: string, code: string, { indexes }: AccessIndex): bigint[] {
  const { standard } = indexes.index(type)
  const paths = subjectCodes.flatMap((name) => {
    const parameter = standard.get(name)
    return parameter?.type === 'token' ? parameter.paths : []
  })
  return paths.map((path) => indexes.terms.term(path.tweak, forms.systemAndCode(system, code.toLowerCase())))
}

/** Resources that are named one by one; what is related to them is not looked for. */
function data(
  provision: JsonObject,
  { type }: ConsentCase,
  { indexes, base }: AccessIndex,
  uncertain: Predicate,
): Predicate {
  const items = objects(provision['data'])
  if (items.length === 0) return everyRow
  if (items.some(({ meaning }) => meaning !== 'instance')) return uncertain
  const keys = items.flatMap(({ reference }) => {
    const parsed = isJsonObject(reference) ? parseReference(String(reference['reference']), base) : undefined
    return parsed?.kind === 'relative' && parsed.type === type ? [indexes.terms.key(type, parsed.id)] : []
  })
  return union({ keys })
}

function codings({ coding }: JsonObject): Code[] {
  return objects(coding).flatMap(({ system, code }) =>
    typeof code === 'string' ? [{ system: typeof system === 'string' ? system : '', code }] : [],
  )
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
