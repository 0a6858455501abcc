/** The patients and encounters that a person may choose among. */
import { accessFor } from '../../access/access.ts'
import type { CallerAccount } from '../../access/caller.ts'
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject, parseStored } from '../../fhir/json.ts'
import { isId } from '../../fhir/reference.ts'
import { accessOf } from '../../interactions/access/caller-access.ts'
import { currentVersion } from '../../store/resources.ts'

const most = 20

/** What the person may see themselves, whatever the app may. */
async function personContext(account: CallerAccount, context: Context, patient?: string): Promise<Context> {
  const scopes = ['user/Patient.rs', 'user/Encounter.rs']
  const caller = { client: 'candela', grant: '', scopes, account, ...(patient !== undefined && { patient }) }
  return { ...context, access: await accessOf(caller, context) }
}

/** Those for whom the person acts, of an account that has such; by name or birth date of all that staff may see. */
export async function choosablePatients(
  account: CallerAccount,
  search: string,
  context: Context,
): Promise<JsonObject[]> {
  if (account.patients.length > 0) {
    const found = await Promise.all(account.patients.map((id) => readPatient(account, id, context)))
    return found.filter((patient) => patient !== undefined)
  }
  if (search === '') return []
  const text = search.replace(/([\\,$|])/g, '\\$1')
  const person = await personContext(account, context)
  for (const name of criteriaFor(search)) {
    const query = new URLSearchParams({ [name]: text, _count: String(most) })
    const found = await searchAs('Patient', query, person)
    if (found.length > 0) return found
  }
  return []
}

/** What a text may be, the likeliest first. */
function criteriaFor(search: string): readonly string[] {
  if (/^\d{4}-\d\d-\d\d$/.test(search)) return ['birthdate', 'identifier']
  return /\d/.test(search) ? ['identifier', 'name'] : ['name', 'identifier']
}

/** The patient, if the person may see it: for themselves, or by their role. */
export async function readPatient(
  account: CallerAccount,
  id: string,
  context: Context,
): Promise<JsonObject | undefined> {
  if (!isId(id) || (account.patients.length > 0 && !account.patients.includes(id))) return undefined
  return readAs(account, 'Patient', id, context)
}

/** The encounters of a patient, the newest first. */
export async function choosableEncounters(
  account: CallerAccount,
  patient: string,
  context: Context,
): Promise<JsonObject[]> {
  const query = new URLSearchParams({ patient, _sort: '-date', _count: String(most) })
  return searchAs('Encounter', query, await personContext(account, context))
}

/** The encounter, if the person may see it and it is the patient's; anybody's where no patient is known. */
export async function readEncounter(
  account: CallerAccount,
  id: string,
  patient: string | undefined,
  context: Context,
): Promise<JsonObject | undefined> {
  const encounter = await readAs(account, 'Encounter', id, context)
  if (patient === undefined || encounter === undefined) return encounter
  const subject = isJsonObject(encounter['subject']) ? encounter['subject']['reference'] : undefined
  return [`Patient/${patient}`, `${context.base}/Patient/${patient}`].includes(String(subject)) ? encounter : undefined
}

/** A resource, if the person may see it. */
async function readAs(
  account: CallerAccount,
  type: 'Patient' | 'Encounter',
  id: string,
  context: Context,
): Promise<JsonObject | undefined> {
  if (!isId(id)) return undefined
  const { access, store, indexes } = await personContext(account, context)
  const found = await currentVersion(store.db, accessFor(access, 'r'), type, indexes.terms.key(type, id))
  return found && parseStored(found.content)
}

async function searchAs(type: string, query: URLSearchParams, context: Context): Promise<JsonObject[]> {
  const reply = await context.dispatch({ method: 'GET', path: [type], query: query.toString(), headers: {} }, context)
  const bundle = parseStored(reply.content!)
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as unknown[]) : []
  return entries.flatMap((entry) => {
    const resource = isJsonObject(entry) ? entry['resource'] : undefined
    return isJsonObject(resource) && resource['resourceType'] === type ? [resource] : []
  })
}
