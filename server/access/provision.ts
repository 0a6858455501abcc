/**
 * Whom and what a provision of a consent speaks of. What cannot be told from the request and the row counts against access:
 * it is left out of what restricts a denial, and makes a permission void.
 * https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision
 */
import { dateRange } from '../fhir/date-range.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import { forms } from '../fhir/search/forms.ts'
import type { Caller } from './caller.ts'
import type { AccessIndex } from './compartment-terms.ts'
import { labelTerms } from './labels.ts'
import { allOf, anyOf, everyRow, noRow, type Predicate, union } from './predicate.ts'
import { mayNameMedication, medicationTypes, referredMedicationTerm } from './referred-medication.ts'
import type { Interaction } from './scope.ts'

export type Decision = 'deny' | 'permit'

/** What a consent is judged by, besides the row. */
export interface ConsentCase {
  readonly caller: Caller
  /** References to the organizations, the roles and the care teams that the person is part of. */
  readonly memberships: readonly string[]
  readonly type: string
  readonly interaction: Interaction
  /** Milliseconds. */
  readonly now: number
}

/** The rows that a provision speaks of, as far as it takes this decision. */
export function matches(provision: JsonObject, decision: Decision, given: ConsentCase, index: AccessIndex): Predicate {
  const uncertain = decision === 'deny' ? everyRow : noRow
  const told = conditions.map((condition) => condition(provision, given, decision, index.base))
  if (told.includes('no') || (told.includes('unknown') && decision === 'permit')) return noRow
  return allOf([
    classes(provision, given, uncertain),
    labelled(provision, given, index, decision),
    coded(provision, given, index, decision),
    data(provision, given, index, uncertain),
    provision['dataPeriod'] === undefined ? everyRow : uncertain,
  ])
}

type Told = 'yes' | 'no' | 'unknown'

/** What the request alone decides. */
const conditions: readonly ((provision: JsonObject, given: ConsentCase, decision: Decision, base: string) => Told)[] = [
  isInPeriod,
  concernsCaller,
  concernsPurpose,
  concernsAction,
]

function isInPeriod({ period }: JsonObject, { now }: ConsentCase): Told {
  if (!isJsonObject(period)) return 'yes'
  const { start, end } = period
  const from = typeof start === 'string' ? dateRange(start) : undefined
  const to = typeof end === 'string' ? dateRange(end) : undefined
  return (from === undefined || from.low <= now) && (to === undefined || now < to.high) ? 'yes' : 'no'
}

/** Of several alternatives one is enough. */
function anyTold(told: readonly Told[]): Told {
  if (told.includes('yes')) return 'yes'
  return told.includes('unknown') ? 'unknown' : 'no'
}

/** Actors are named by reference, or programs by the identifier that is their client id. */
function concernsCaller({ actor }: JsonObject, given: ConsentCase, _decision: Decision, base: string): Told {
  const actors = objects(actor)
  if (actors.length === 0) return 'yes'
  return anyTold(
    actors.map(({ reference }) => (isJsonObject(reference) ? isCaller(reference, given, base) : 'unknown')),
  )
}

/** Types of actors of which it is known whether the caller is one, or part of one. */
const knownActors: ReadonlySet<string> = new Set([
  ...['CareTeam', 'Organization', 'Patient', 'Practitioner', 'PractitionerRole', 'RelatedPerson'],
])

const clientSystem = 'urn:candela:client'

function isCaller({ reference, identifier }: JsonObject, { caller, memberships }: ConsentCase, base: string): Told {
  const { system = clientSystem, value } = isJsonObject(identifier) ? identifier : {}
  if (value === caller.client && system === clientSystem) return 'yes'
  if (typeof reference !== 'string') return value !== undefined && system === clientSystem ? 'no' : 'unknown'
  const parsed = parseReference(reference, base)
  // Whoever is known to another server alone is nobody here.
  if (parsed.kind === 'absolute') return 'no'
  if (parsed.kind !== 'relative') return 'unknown'
  const name = `${parsed.type}/${parsed.id}`
  if (caller.account?.fhirUser === name || memberships.includes(name)) return 'yes'
  return knownActors.has(parsed.type) ? 'no' : 'unknown'
}

const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason'
/** What every purpose is one of. */
const anyPurpose = 'PurposeOfUse'

function concernsPurpose({ purpose }: JsonObject, { caller }: ConsentCase): Told {
  const purposes = objects(purpose)
  if (purposes.length === 0) return 'yes'
  // An emergency is one patient's: whoever else is seen meanwhile is seen to be treated.
  const { purposeOfUse = 'TREAT' } = caller
  const used = purposeOfUse === 'BTG' ? 'TREAT' : purposeOfUse
  return anyTold(
    purposes.map(({ system = actReason, code }) => {
      if (typeof code !== 'string' || system !== actReason) return 'unknown'
      return code === used || code === anyPurpose ? 'yes' : 'no'
    }),
  )
}

const reading = ['access', 'use', 'disclose']

/** What an interaction does: a permission needs one of each, and a denial of any one is enough. */
const actionsOf: Readonly<Record<Interaction, readonly (readonly string[])[]>> = {
  r: [reading],
  s: [reading],
  c: [['collect']],
  // What is changed is seen, too, and what must not be seen is not to be taken away unseen.
  u: [['correct'], reading],
  d: [['correct'], reading],
}

const actionCodes: ReadonlySet<string> = new Set(['collect', 'access', 'use', 'disclose', 'correct'])

function concernsAction({ action }: JsonObject, { interaction }: ConsentCase, decision: Decision): Told {
  const actions = objects(action).map(({ coding }) => codings(coding).map(({ code }) => code))
  if (actions.length === 0) return 'yes'
  const codes = actions.flat()
  const done = actionsOf[interaction].map((group) => group.some((code) => codes.includes(code)))
  if (decision === 'deny' ? done.includes(true) : !done.includes(false)) return 'yes'
  return actions.every((own) => own.some((code) => actionCodes.has(code))) ? 'no' : 'unknown'
}

const resourceTypes = 'http://hl7.org/fhir/resource-types'

/** Classes are resource types; profiles and kinds of documents are not told apart. */
function classes({ class: given }: JsonObject, { type }: ConsentCase, uncertain: Predicate): Predicate {
  const found = objects(given)
  if (found.length === 0) return everyRow
  const names = found.flatMap(({ system, code }) => (system === resourceTypes && code !== undefined ? [code] : []))
  if (names.includes(type)) return everyRow
  return names.length < found.length ? uncertain : noRow
}

/** Rows that have one of the labels. */
function labelled({ securityLabel }: JsonObject, { type }: ConsentCase, index: AccessIndex, decision: Decision) {
  const paths = index.indexes.index(type).standard.get('_security')?.paths ?? []
  return listed(objects(securityLabel), decision, (label) =>
    codings([label]).flatMap(({ system, code }) =>
      system === '' && decision === 'deny'
        ? paths.map(({ tweak }) => index.indexes.terms.term(tweak, forms.code(code.toLowerCase())))
        : labelTerms(type, system, code, index),
    ),
  )
}

/** Rows that have one of the codes. */
function coded({ code }: JsonObject, { type }: ConsentCase, index: AccessIndex, decision: Decision): Predicate {
  return listed(objects(code), decision, ({ coding }) =>
    codings(coding).flatMap((one) => codeTerms(type, one, decision, index)),
  )
}

/** Rows that have a term of one of the values; every row where none is listed. A value without terms cannot be told. */
function listed(
  values: readonly JsonObject[],
  decision: Decision,
  termsOf: (value: JsonObject) => readonly bigint[] | undefined,
): Predicate {
  if (values.length === 0) return everyRow
  const isUntold = ({ coding, code }: JsonObject) => code === undefined && codings(coding).length === 0
  const untold = decision === 'deny' && values.some(isUntold)
  return anyOf([union({ terms: values.flatMap((value) => termsOf(value) ?? []) }), untold ? everyRow : noRow])
}

/** Search parameters that hold what a resource is about. */
const subjectCodes: ReadonlySet<string> = new Set([
  ...['code', 'type', 'category', 'class', 'vaccine-code', 'code-value-concept'],
])

/** A code is denied wherever it is found in a resource, and permitted where it says what the resource is about. */
function codeTerms(type: string, { system, code }: Code, decision: Decision, { indexes }: AccessIndex): bigint[] {
  const isElsewhere = decision === 'deny' && medicationTypes.has(type) && mayNameMedication(system)
  const paths = [...indexes.index(type).standard].flatMap(([name, parameter]) =>
    parameter.type === 'token' && (decision === 'deny' || subjectCodes.has(name)) ? parameter.paths : [],
  )
  const lower = code.toLowerCase()
  const form = system === '' && decision === 'deny' ? forms.code(lower) : forms.systemAndCode(system, lower)
  const terms = paths.map(({ tweak }) => indexes.terms.term(tweak, form))
  return [...new Set([...terms, ...(isElsewhere ? [referredMedicationTerm(indexes.terms)] : [])])]
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
  const named = items.map(({ reference }) =>
    isJsonObject(reference) ? parseReference(String(reference['reference']), base) : undefined,
  )
  const isTold = named.every((one) => one?.kind === 'relative' || one?.kind === 'absolute')
  if (!isTold || items.some(({ meaning }) => meaning !== 'instance')) return uncertain
  const keys = named.flatMap((one) =>
    one?.kind === 'relative' && one.type === type ? [indexes.terms.key(type, one.id)] : [],
  )
  return union({ keys })
}

interface Code {
  /** Empty where none is given. */
  readonly system: string
  readonly code: string
}

/** Codings that have a code. */
export function codings(coding: JsonValue | undefined): Code[] {
  return objects(coding).flatMap(({ system, code }) =>
    typeof code === 'string' ? [{ system: typeof system === 'string' ? system : '', code }] : [],
  )
}

export function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
