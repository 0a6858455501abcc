/** Why somebody does not see a resource, or parts of a record; defined in profiles/operation-definitions/consent-explain.json. */
import { accessFor } from '../access/access.ts'
import { inCompartment, membership } from '../access/compartment-terms.ts'
import { everyRow, type Predicate, union } from '../access/predicate.ts'
import type { Context } from '../context.ts'
import type { JsonObject } from '../fhir/json.ts'
import { checkParameterNames, parametersResource } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { currentVersion } from '../store/resources.ts'
import { countWithheld } from '../store/withheld.ts'
import { recipientAccess, recipientNames, recipientOf, requireExplanations } from './consent-recipient.ts'
import { answerParameter, answersFor, consentsOf } from './consent-rehearse.ts'
import type { OperationCall } from './operation.ts'

/** Names the role, the labels or the consents that keep it from them; for a patient, the parts of the record too. */
export async function consentExplain({ type, id, parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, recipientNames)
  const key = keyOf(context, type!, id!)
  const found = await currentVersion(context.store.db, accessFor(context.access, 'r'), type!, key)
  if (!found) throw await absent(context, type!, id!, key)
  const row = union({ keys: [key] })
  requireExplanations(context, await ownPatient(type!, row, context))
  const inForce = await context.accessSource.latest()
  const { consents } = inForce
  const recipient = recipientOf(parameters, inForce)
  const access = await recipientAccess(recipient, inForce, context)
  const withheldBy: JsonObject[] = []
  for (const { name, passes, ofApp } of access.layers(type!)) {
    if (ofApp || !(await isStopped(type!, row, passes, context))) continue
    const isConsent = name.startsWith('Consent/')
    withheldBy.push({
      name: 'withheldBy',
      ...(isConsent ? { valueReference: { reference: name } } : { valueString: name }),
    })
  }
  const parameter: JsonObject[] = [{ name: 'received', valueBoolean: withheldBy.length === 0 }, ...withheldBy]
  if (type === 'Patient') {
    const own = new Set(consentsOf(id!, consents))
    const others = consents.filter((consent) => !own.has(consent))
    const before = await recipientAccess(recipient, { ...inForce, consents: others }, context)
    parameter.push(...(await answersFor(id!, before, access, context)).map(answerParameter))
  }
  return { status: 200, content: JSON.stringify(parametersResource(parameter)) }
}

async function isStopped(type: string, row: Predicate, passes: Predicate, context: Context): Promise<boolean> {
  const [answer] = await countWithheld(context.store.db, [{ type, of: row, before: everyRow, after: passes }])
  return (answer?.withheld ?? 0) > 0
}

/** The patient of the caller's account to whose record a row belongs. */
async function ownPatient(type: string, row: Predicate, context: Context): Promise<string | undefined> {
  const { access, store } = context
  const patients = access.kind === 'grant' ? (access.caller.account?.patients ?? []) : []
  if (type !== 'Patient' && membership(type, context).length === 0) return undefined
  for (const patient of patients) {
    const question = { type, of: row, before: inCompartment(type, [patient], context), after: everyRow }
    if ((await countWithheld(store.db, [question])).length > 0) return patient
  }
  return undefined
}
