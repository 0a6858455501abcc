/** `/`: the apps that a person may open, and whose record they are opened with. */
import type { JsonObject } from '../../fhir/json.ts'
import { launchApp } from '../../interactions/launch-app.ts'
import { type ClientRecord, launchableClients } from '../../store/smart/clients.ts'
import { choosableEncounters, choosablePatients, readEncounter, readPatient } from '../authorize/patients.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { launcherPage, welcomePage } from '../pages/launcher-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { patientOption, visitOption } from '../pages/resource-words.ts'
import { textsIn } from '../pages/texts.ts'
import type { Smart } from '../smart.ts'
import { ownPage, type Visitor } from './own-page.ts'

export const launcherPath = '/'

export function launcher(smart: Smart): Handler {
  const signedIn = ownPage(smart, launcherPath, (visitor) => page(visitor, {}), act)
  return async (request) => {
    const secret = request.cookies.get('session')
    if (secret !== undefined && (await smart.people.session(secret))) return signedIn(request)
    const { practiceName } = smart.context().config
    const made = welcomePage({ base: smart.urls.fhir }, practiceName, textsIn[request.language])
    const main = made.main({ action: launcherPath, hidden: {} })
    return { status: 200, page: { ...made, main, language: request.language, here: launcherPath } }
  }
}

interface Chosen {
  readonly search?: string
  readonly patient?: JsonObject
  /** Of the patient, to choose among. */
  readonly visits?: readonly JsonObject[]
  readonly problem?: string
}

async function act(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { session, smart, texts } = visitor
  const { account } = session
  const context = smart.context()
  const id = form.get('patient') ?? ''
  const patient = id === '' ? undefined : await readPatient(account, id, context)
  const search = (form.get('search') ?? '').trim().slice(0, 100)
  const withVisits = async (problem?: string) => {
    if (!patient) return page(visitor, { search })
    return page(visitor, {
      patient,
      visits: await choosableEncounters(account, id, context),
      ...(problem && { problem }),
    })
  }
  if (form.get('do') === 'visits') return withVisits()
  const client = (await appsFor(visitor)).find((one) => one.id === form.get('app'))
  // An app that is meant for a patient is not opened without that one.
  const isGone = id !== '' && !patient
  if (!client || isGone) return page(visitor, { search, ...(patient && { patient }) })
  const encounter = form.get('encounter') ?? ''
  const isTheirs = encounter === '' || (patient && (await readEncounter(account, encounter, id, context)))
  if (!isTheirs) return withVisits(texts.launcher.wrongVisit)
  const given = { patient: patient ? id : null, encounter: encounter === '' ? null : encounter }
  const launch = { account: account.number, client: client.id, ...given }
  const { url } = await launchApp(launch, client.metadata['launch_uri'], context)
  return { status: 303, location: url! }
}

async function page(visitor: Visitor, { search = '', patient, visits, problem }: Chosen): Promise<PersonPage> {
  const { session, smart, texts, request } = visitor
  const { account } = session
  const context = smart.context()
  const apps = await appsFor(visitor)
  const isStaff = account.patients.length === 0
  const found = patient ? [patient] : await choosablePatients(account, search, context)
  const people = found.map((one) =>
    patientOption(one, account.fhirUser === `Patient/${one['id']}`, request.language, texts),
  )
  const made = launcherPage(
    {
      name: session.name,
      apps: apps.map(({ id, name }) => ({ id, name })),
      people,
      base: smart.urls.fhir,
      ...(isStaff && { search }),
      ...(visits && { visits: visits.map((one) => visitOption(one, request.language, texts)) }),
      ...(problem !== undefined && { problem }),
    },
    texts,
  )
  return apps.length > 0 ? { ...made, formTarget: originsOf(apps).join(' ') } : made
}

/** Apps of some roles are offered to nobody else. */
async function appsFor({ session, smart }: Visitor): Promise<readonly ClientRecord[]> {
  const { roles } = session.account
  const apps = await launchableClients(smart.context().store.database)
  return apps.filter(({ metadata: { offered_to: offered } }) =>
    Array.isArray(offered) ? offered.some((role) => roles.includes(String(role))) : true,
  )
}

/** Where opening an app may lead. */
function originsOf(apps: readonly ClientRecord[]): readonly string[] {
  return [...new Set(apps.map(({ metadata }) => new URL(String(metadata['launch_uri'])).origin))]
}
