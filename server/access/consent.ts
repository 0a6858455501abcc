/**
 * Consents of patients as predicates of denial. What a provision says in a way that no predicate can tell counts against
 * access: it is left out of what restricts a denial, and makes a permission void. See CLARIFICATIONS.md.
 * https://hl7.org/fhir/R4/consent.html
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import { type AccessIndex, inCompartment, mayBelongToPatient } from './compartment-terms.ts'
import { allOf, anyOf, noRow, not, type Predicate, predicateText } from './predicate.ts'
import { type ConsentCase, codings, type Decision, matches, objects } from './provision.ts'

/** A consent that is in force. */
export interface StoredConsent {
  /** `Consent/1`. */
  readonly name: string
  /** The id of the patient. */
  readonly patient: string
  readonly provision: JsonObject
}

/** The consent of a stored resource; undefined where it is not in force, or restricts nothing here. */
export function consentOf(resource: JsonObject, base: string): StoredConsent | undefined {
  const { id, status, patient } = resource
  if (status !== 'active' || !isJsonObject(patient)) return undefined
  const reference = parseReference(String(patient['reference']), base)
  const provision = withBasePolicy(resource)
  if (reference.kind !== 'relative' || reference.type !== 'Patient' || !denies(provision)) return undefined
  return { name: `Consent/${String(id)}`, patient: reference.id, provision }
}

/** What is decided where no rule says otherwise comes before the rules: the root of provisions need not say a type. */
function withBasePolicy({ provision, policyRule, scope }: JsonObject): JsonObject {
  const root = isJsonObject(provision) ? provision : {}
  if (!optsOut(policyRule) || isOfAnotherScope(scope) || root['type'] === 'deny') {
    return { ...root, type: root['type'] ?? 'permit' }
  }
  // A permission at the root is an exception to a policy that permits nothing.
  return root['type'] === 'permit' ? { type: 'deny', provision: [root] } : { ...root, type: 'deny' }
}

const optOuts: ReadonlySet<string> = new Set(['OPTOUT', 'OPTOUTE'])

function optsOut(policyRule: JsonValue | undefined): boolean {
  return isJsonObject(policyRule) && codings(policyRule['coding']).some(({ code }) => optOuts.has(code))
}

const otherScopes: ReadonlySet<string> = new Set(['research', 'adr', 'treatment'])

/** Whoever takes no part in a study, or refuses a treatment, does not close the record. */
function isOfAnotherScope(scope: JsonValue | undefined): boolean {
  const codes = isJsonObject(scope) ? codings(scope['coding']) : []
  return codes.length > 0 && codes.every(({ code }) => otherScopes.has(code))
}

function denies(provision: JsonObject): boolean {
  return decisionOf(provision) === 'deny' || nested(provision).some(denies)
}

/** A rule that does not say what it does permits nothing. */
function decisionOf({ type }: JsonObject): Decision {
  return type === 'permit' ? 'permit' : 'deny'
}

/** References to the resources of such types that consents name as actors. */
export function actorsOfTypes(
  consents: readonly StoredConsent[],
  types: ReadonlySet<string>,
  base: string,
): readonly string[] {
  const named = (provision: JsonObject): readonly string[] => [
    ...objects(provision['actor']).flatMap(({ reference: actor }) => {
      const text = isJsonObject(actor) ? actor['reference'] : undefined
      const parsed = typeof text === 'string' ? parseReference(text, base) : undefined
      return parsed?.kind === 'relative' && types.has(parsed.type) ? [`${parsed.type}/${parsed.id}`] : []
    }),
    ...nested(provision).flatMap(named),
  ]
  return [...new Set(consents.flatMap(({ provision }) => named(provision)))]
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
function decided(provision: JsonObject, decision: Decision, given: ConsentCase, index: AccessIndex): Predicate {
  const matched = matches(provision, decision, given, index)
  if (matched.kind === 'none') return noRow
  const exceptions = nested(provision)
  if (decisionOf(provision) === decision) {
    const other = decision === 'deny' ? 'permit' : 'deny'
    return allOf([matched, not(anyOf(exceptions.map((exception) => decided(exception, other, given, index))))])
  }
  return allOf([matched, anyOf(exceptions.map((exception) => decided(exception, decision, given, index)))])
}

function nested({ provision }: JsonObject): JsonObject[] {
  return objects(provision)
}
