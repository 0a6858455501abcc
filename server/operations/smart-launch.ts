/** Launching an app from inside; defined in profiles/operation-definitions/smart-launch.json. */
import { accessFor } from '../access/access.ts'
import type { Context } from '../context.ts'
import { isJsonObject, type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { booleanParameter, checkParameterNames, parameterList, textParameter } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { launchApp } from '../interactions/launch-app.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { currentVersion } from '../store/resources.ts'
import { findClient } from '../store/smart/clients.ts'
import type { OperationCall } from './operation.ts'

const names = ['client', 'patient', 'encounter', 'intent', 'tenant', 'needPatientBanner', 'fhirContext']

/** A handle that the app hands in once, with the address to open. */
export async function smartLaunch({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, names)
  const { access, store } = context
  const account = access.kind === 'grant' ? access.caller.account : undefined
  if (!account)
    throw new OutcomeError('not-supported', { reason: 'An app is launched by a person: use a token of one.' })
  const client = textParameter(parameters, 'client')
  const app = client === undefined ? undefined : await findClient(store.database, client)
  if (client !== undefined && app?.state !== 'active') throw invalid(`There is no client '${client}'.`)
  const named = await checkedId('Patient', textParameter(parameters, 'patient'), context)
  const encounter = await checkedId('Encounter', textParameter(parameters, 'encounter'), context)
  const patient = encounter === undefined ? named : await patientOf(encounter, named, context)
  const { handle, expires, url } = await launchApp(
    {
      account: account.number,
      client: client ?? null,
      patient: patient ?? null,
      encounter: encounter ?? null,
      context: launchContext(parameters),
    },
    app?.metadata['launch_uri'],
    context,
  )
  const parameter = [
    { name: 'launch', valueString: handle },
    { name: 'expires', valueInstant: new Date(expires).toISOString() },
    ...(url === undefined ? [] : [{ name: 'url', valueUrl: url }]),
  ]
  return { status: 200, content: JSON.stringify({ resourceType: 'Parameters', parameter }) }
}

/** The id of a resource that the caller may read; throws as reading it does. */
async function checkedId(type: string, given: string | undefined, context: Context): Promise<string | undefined> {
  if (given === undefined) return undefined
  const id = given.startsWith(`${type}/`) ? given.slice(type.length + 1) : given
  if (!(await content(type, id, context))) throw await absent(reading(context), type, id, keyOf(context, type, id))
  return id
}

async function content(type: string, id: string, context: Context): Promise<JsonObject | undefined> {
  const { store, access } = reading(context)
  const found = await currentVersion(store.db, access, type, keyOf(context, type, id))
  return found && parseStored(found.content)
}

function reading(context: Context): Context {
  return { ...context, access: accessFor(context.access, 'r') }
}

/** Whose encounter it is: the patient's who is named; where none is, of those whom the caller may see. */
async function patientOf(id: string, named: string | undefined, context: Context): Promise<string | undefined> {
  const subject = (await content('Encounter', id, context))?.['subject']
  const reference = isJsonObject(subject) ? String(subject['reference']).replace(`${context.base}/`, '') : ''
  const owner = reference.startsWith('Patient/') ? reference.slice('Patient/'.length) : undefined
  if (named !== undefined && named !== owner) throw invalid(`Encounter/${id} is not of Patient/${named}.`)
  if (owner === undefined || named !== undefined) return named
  return (await content('Patient', owner, context)) ? owner : undefined
}

/** https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html */
function launchContext(parameters: JsonObject): JsonObject {
  const intent = textParameter(parameters, 'intent')
  const tenant = textParameter(parameters, 'tenant')
  const banner = booleanParameter(parameters, 'needPatientBanner')
  const fhirContext = parameterList(parameters)
    .filter((parameter) => parameter['name'] === 'fhirContext')
    .map(contextItem)
  return {
    ...(intent !== undefined && { intent }),
    ...(tenant !== undefined && { tenant }),
    ...(banner !== undefined && { need_patient_banner: banner }),
    ...(fhirContext.length > 0 && { fhirContext }),
  }
}

const parts = ['reference', 'canonical', 'identifier', 'type', 'role']

/** One of reference, canonical and identifier, with type and role. */
function contextItem({ part }: JsonObject): JsonObject {
  const given = Array.isArray(part) ? part.filter(isJsonObject) : []
  const pairs = given.map((one) => {
    const value = Object.entries(one).find(([name]) => name.startsWith('value'))?.[1]
    if (value === undefined || !parts.includes(String(one['name'])))
      throw invalid(`fhirContext has the parts ${parts.join(', ')}.`)
    return [String(one['name']), value] as const
  })
  const item = Object.fromEntries(pairs) as JsonObject
  const targets = ['reference', 'canonical', 'identifier'].filter((name) => name in item)
  if (targets.length !== 1) throw invalid('fhirContext has one of reference, canonical and identifier.')
  const { reference } = item
  if (reference !== undefined && !/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(String(reference))) {
    throw invalid('The reference of fhirContext is relative, as in ImagingStudy/1.')
  }
  if (/^(Patient|Encounter)\//.test(String(reference ?? '')) && item['role'] === undefined) {
    throw invalid('The patient and the encounter have parameters of their own; others need a role in fhirContext.')
  }
  return item
}

function invalid(reason: string): OutcomeError {
  return new OutcomeError('invalid-parameters', { reason })
}
