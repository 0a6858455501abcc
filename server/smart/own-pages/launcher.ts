/** `/`: the apps that a person may open, and whose record they are opened with. */
import type { JsonObject } from '../../fhir/json.ts'
import { launchApp } from '../../interactions/launch-app.ts'
import { type ClientRecord, launchableClients } from '../../store/smart/clients.ts'
import { choosablePatients, readPatient } from '../authorize/patients.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import { launcherPage, welcomePage } from '../pages/launcher-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { patientOption } from '../pages/resource-words.ts'
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
}

async function act(form: URLSearchParams, visitor: Visitor): Promise<PersonPage | SmartReply> {
  const { session, smart } = visitor
  const context = smart.context()
  const id = form.get('patient') ?? ''
  const patient = id === '' ? undefined : await readPatient(session.account, id, context)
  const search = (form.get('search') ?? '').trim().slice(0, 100)
  const client = (await launchableClients(context.store.database)).find((one) => one.id === form.get('app'))
  if (!client) return page(visitor, { search, ...(patient && { patient }) })
  const launch = { account: session.account.number, client: client.id, patient: patient ? id : null, encounter: null }
  const { url } = await launchApp(launch, client.metadata['launch_uri'], context)
  return { status: 303, location: url! }
}

async function page(visitor: Visitor, { search = '', patient }: Chosen): Promise<PersonPage> {
  const { session, smart, texts, request } = visitor
  const { account } = session
  const context = smart.context()
  const apps = await launchableClients(context.store.database)
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
    },
    texts,
  )
  return apps.length > 0 ? { ...made, formTarget: originsOf(apps).join(' ') } : made
}

/** Where opening an app may lead. */
function originsOf(apps: readonly ClientRecord[]): readonly string[] {
  return [...new Set(apps.map(({ metadata }) => new URL(String(metadata['launch_uri'])).origin))]
}
