/** A server with the patients of US Core's reference data, and what the certification procedure does again and again. */
import { expect } from 'vitest'
import type { JsonObject } from '../../server/fhir/json.ts'
import { authorizeParameters, browser, exchange, type Fields, type Launched, launchApp } from './browser.ts'
import { sharedTexts } from './shared-data.ts'
import { bearer, origin, type SmartServer, smartServer } from './smart-server.ts'
import { type TestReply, testServer } from './test-server.ts'

/** The patient whose data are complete. */
export const patient = '85'

/** Types of a patient's record that US Core 6.1.0 asks for. */
export const recordTypes = [
  ...['Patient', 'AllergyIntolerance', 'CarePlan', 'CareTeam', 'Condition', 'DiagnosticReport', 'DocumentReference'],
  ...['Goal', 'Immunization', 'MedicationRequest', 'Observation', 'Procedure', 'Provenance', 'ServiceRequest'],
  ...['Coverage', 'MedicationDispense', 'Specimen'],
]

/** Other types that apps ask for with them: visits, and what records refer to. */
const moreTypes = ['Encounter', 'Device', 'Practitioner', 'PractitionerRole', 'Organization', 'Location', 'Medication']

/** A search of each type that the procedure tries, the same for everybody who may read all. */
export const searches = [
  ...[`AllergyIntolerance?patient=${patient}`, `CarePlan?patient=${patient}&category=assess-plan`],
  ...[`CareTeam?patient=${patient}&status=active`, `Condition?patient=${patient}`, `Device?patient=${patient}`],
  ...[`DiagnosticReport?patient=${patient}&category=LAB`, `DocumentReference?patient=${patient}`],
  ...[
    `Goal?patient=${patient}`,
    `Immunization?patient=${patient}`,
    `MedicationRequest?patient=${patient}&intent=order`,
  ],
  ...[`Observation?patient=${patient}&code=59408-5`, `Procedure?patient=${patient}`, `Patient?_id=${patient}`],
  ...[`Encounter?patient=${patient}`, `ServiceRequest?patient=${patient}`, `Coverage?patient=${patient}`],
  `MedicationDispense?patient=${patient}`,
]

export const asApp = 'openid fhirUser launch/patient offline_access'

/** The scopes of the whole record, and of what it refers to, in one of the two syntaxes. */
export function recordScopes(context: 'patient' | 'user', letters: 'rs' | 'read' = 'rs'): string {
  return [...recordTypes, ...moreTypes].map((type) => `${context}/${type}.${letters}`).join(' ')
}

/** Undefined where the reference data are absent. */
export async function certifiedServer(): Promise<SmartServer | undefined> {
  const bundle = sharedTexts('us-core')?.get(`uscore_bundle_patient_${patient}.json.gz`)
  if (bundle === undefined) return undefined
  const server = await smartServer()
  const open = await testServer({ databaseUrl: server.databaseUrl, config: { publicUrl: origin } })
  const stored = await open.fhir('POST', '', bundle)
  expect(stored.status, stored.text.slice(0, 1000)).toBe(200)
  await open.close()
  server.people.persons.push({
    ...{ number: '85', username: 'tester', password: 'right', roles: ['patient'] },
    ...{ fhirUser: `Patient/${patient}`, patients: [patient] },
  })
  return server
}

export interface Session extends Launched {
  readonly json: JsonObject
  readonly headers: Readonly<Record<string, string>>
  readonly scopes: readonly string[]
  readonly fhir: (path: string, headers?: Record<string, string>) => Promise<TestReply>
}

/** A standalone launch by the patient, with a token at its end. */
export async function launched(
  server: SmartServer,
  given: Record<string, string | undefined>,
  { fields = {} as Fields, username = 'tester', form = {}, headers = {} as Record<string, string> } = {},
): Promise<Session> {
  const app = await launchApp(server, given, { username, fields })
  const reply = await exchange(server, app, { client_id: given['client_id'] ?? 'public', ...form }, headers)
  expect({ status: reply.status, error: reply.json['error_description'] }).toEqual({ status: 200, error: undefined })
  return sessionOf(server, app, reply)
}

/** What a token response is worth. */
export function sessionOf(server: SmartServer, app: Launched, { json, headers }: TestReply): Session {
  const token = bearer(String(json['access_token']))
  const fhir = (path: string, more = {}) => server.fhir('GET', path, undefined, { ...token, ...more })
  return { ...app, json, headers, fhir, scopes: String(json['scope']).split(' ') }
}

/** The launch by POST, as EHR launches of the procedure do it. */
export async function postedLaunch(server: SmartServer, given: Record<string, string>, username: string) {
  const { query, verifier } = authorizeParameters(given)
  const user = browser(server)
  let page = await user.post('/auth/authorize', query)
  if (page.text.includes('name="password"')) page = await user.submit(page, { username, password: 'right' })
  if (page.text.includes('name="decision"')) page = await user.submit(page, { decision: 'allow' })
  const { location } = page.headers
  expect(location, page.text.replace(/^.*<main/s, '').slice(0, 500)).toBeDefined()
  return { parameters: new URL(location!).searchParams, verifier }
}

/** The resources of a searchset that were matched, by type and id. */
export function matches({ json }: TestReply): string[] {
  const entries = (json['entry'] ?? []) as unknown as { resource: JsonObject; search: { mode: string } }[]
  return entries
    .filter(({ search }) => search.mode === 'match')
    .map(({ resource }) => `${resource['resourceType']}/${resource['id']}`)
    .sort()
}
