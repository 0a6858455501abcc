/** What a recipient would receive under a consent that is not stored yet; defined in profiles/operation-definitions/rehearse.json. */
import { accessFor, type GrantAccess, reachOf } from '../access/access.ts'
import { inCompartment, mayBelongToPatient } from '../access/compartment-terms.ts'
import { consentOf, type StoredConsent } from '../access/consent.ts'
import { allOf } from '../access/predicate.ts'
import type { Context } from '../context.ts'
import { isJsonObject, type JsonObject, parseStored } from '../fhir/json.ts'
import { checkParameterNames, parametersResource, resourceParameter } from '../fhir/parameters.ts'
import { parseReference } from '../fhir/reference.ts'
import type { FhirReply } from '../fhir/request.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { currentVersion } from '../store/resources.ts'
import { type Answer, countWithheld } from '../store/withheld.ts'
import { invalid, recipientAccess, recipientNames, recipientOf, requireExplanations } from './consent-recipient.ts'
import type { OperationCall } from './operation.ts'

/** Only what the caller may see themselves is counted and named. */
export async function rehearse({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['consent', ...recipientNames])
  const consent = resourceParameter(parameters, 'consent')
  if (consent?.['resourceType'] !== 'Consent') throw invalid("'consent' holds the Consent that is rehearsed.")
  const patient = await patientOf(consent, context)
  requireExplanations(context, patient)
  const inForce = await context.accessSource.latest()
  const recipient = recipientOf(parameters, inForce)
  // It is rehearsed as if it were in force, in the place of what it may replace.
  const rehearsed = consentOf({ ...consent, status: 'active' }, context.base)
  const others = inForce.consents.filter(({ name }) => name !== `Consent/${consent['id']}`)
  const accessWith = (consents: readonly StoredConsent[]) =>
    recipientAccess(recipient, { ...inForce, consents }, context)
  const before = await accessWith(others)
  const after = rehearsed ? await accessWith([...others, rehearsed]) : before
  const answers = await answersFor(patient, before, after, context)
  const content = JSON.stringify(parametersResource(answers.map(answerParameter)))
  return { status: 200, content }
}

/** The record of a patient, type by type, as far as the caller may see it. */
export function answersFor(
  patient: string,
  before: GrantAccess,
  after: GrantAccess,
  context: Context,
): Promise<readonly Answer[]> {
  const { definitions, store, access } = context
  const types = definitions.resourceTypes.filter((type) => mayBelongToPatient(type, { definitions }))
  const questions = types.map((type) => ({
    type,
    of: allOf([inCompartment(type, [patient], context), reachOf(accessFor(access, 'rs'), type)]),
    before: before.reach(type, 's'),
    after: after.reach(type, 's'),
  }))
  return countWithheld(store.searchDb, questions)
}

/** Consents for whoever reads the record: those of its patient. */
export function consentsOf(patient: string, consents: readonly StoredConsent[]): readonly StoredConsent[] {
  return consents.filter((consent) => consent.patient === patient)
}

async function patientOf({ patient }: JsonObject, context: Context): Promise<string> {
  const reference = isJsonObject(patient) ? parseReference(String(patient['reference']), context.base) : undefined
  if (reference?.kind !== 'relative' || reference.type !== 'Patient')
    throw invalid('The Consent names no patient of ours.')
  const key = keyOf(context, 'Patient', reference.id)
  const found = await currentVersion(context.store.db, accessFor(context.access, 'r'), 'Patient', key)
  if (!found) throw await absent(context, 'Patient', reference.id, key)
  return reference.id
}

/** `part`s of a type: how many would be received, how many not, and some of these. */
export function answerParameter({ type, count, withheld, examples }: Answer): JsonObject {
  const named = (examples ?? []).map((content) => parseStored(content))
  return {
    name: 'type',
    part: [
      { name: 'code', valueCode: type },
      { name: 'received', valueInteger: count - withheld },
      { name: 'withheld', valueInteger: withheld },
      ...named.map((resource) => ({ name: 'example', valueReference: exampleOf(type, resource) })),
    ],
  }
}

function exampleOf(type: string, { id, code }: JsonObject): JsonObject {
  const concept = isJsonObject(code) ? code : {}
  const [coding] = Array.isArray(concept['coding']) ? concept['coding'].filter(isJsonObject) : []
  const words = concept['text'] ?? coding?.['display']
  return { reference: `${type}/${String(id)}`, ...(typeof words === 'string' && { display: words }) }
}
