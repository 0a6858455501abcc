/** What the launcher hands to an app is what the person may choose, whatever the form says. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { authorizeParameters, type Browser, browser, exchange } from '../support/browser.ts'
import { origin, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'
import { testServer } from '../support/test-server.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
  const open = await testServer({ databaseUrl: server.databaseUrl, config: { publicUrl: origin } })
  for (const [id, patient] of Object.entries({ e1: 'p1', e2: 'p2' })) {
    const visit = { resourceType: 'Encounter', id, status: 'finished', class: { code: 'AMB' } }
    await open.fhir('PUT', `Encounter/${id}`, { ...visit, subject: { reference: `Patient/${patient}` } })
  }
  await open.close()
  const { database } = server.context.store
  const metadata = { launch_uri: 'https://app.example.org/launch' }
  await putClient(database, { ...(await findClient(database, 'public'))!, metadata })
})
afterAll(() => server?.close())

async function clinician(): Promise<Browser> {
  const user = browser(server)
  await user.submit(await user.get('/auth/sign-in?next=/'), { username: 'clinician', password: 'right' })
  return user
}

const choose = async (user: Browser, fields: Record<string, string>) =>
  user.submit(await user.submit(await user.get('/'), { search: 'Person' }), { app: 'public', ...fields })

test('an app is opened with a visit of the patient', async () => {
  const user = await clinician()
  const { headers } = await choose(user, { patient: 'p1', encounter: 'e1' })
  const launch = new URL(headers['location']!).searchParams.get('launch')!
  const { query, verifier } = authorizeParameters({ scope: 'launch user/Patient.rs', launch })
  const done = await user.submit(await user.get(`/auth/authorize?${query}`), { decision: 'allow' })
  const parameters = new URL(done.headers['location']!).searchParams
  expect((await exchange(server, { parameters, verifier })).json).toMatchObject({ patient: 'p1', encounter: 'e1' })
})

test.each([
  ['of another patient', { patient: 'p1', encounter: 'e2' }],
  ['that there is not', { patient: 'p1', encounter: 'e3' }],
  ['whose id is none', { patient: 'p1', encounter: "e1' or 1" }],
])('an app is not opened with a visit %s', async (_name, fields) => {
  const { status, headers, text } = await choose(await clinician(), fields)
  expect([status, headers['location']]).toEqual([422, undefined])
  expect(text).toContain('This visit is not one of this patient.')
})

test.each([
  ['no patient', { encounter: 'e1' }],
  ['a patient that there is not', { patient: 'p9', encounter: 'e1' }],
  ['a patient that there is not, and no visit', { patient: 'p9' }],
])('an app is not opened with %s', async (_name, fields) => {
  const { status, headers } = await choose(await clinician(), fields as Record<string, string>)
  expect([status, headers['location']]).toEqual([200, undefined])
})

test('an app for some roles is offered to nobody else', async () => {
  const { database } = server.context.store
  const client = (await findClient(database, 'public'))!
  const launch_uri = 'https://app.example.org/launch'
  const offers = async (...roles: readonly string[]) => {
    await putClient(database, { ...client, metadata: { launch_uri, offered_to: [...roles] } })
    return (await (await clinician()).get('/')).text.includes('value="public"')
  }
  expect([await offers('patient'), await offers('patient', 'practitioner')]).toEqual([false, true])
  const user = await clinician()
  const chosen = await user.submit(await user.get('/'), { search: 'Person' })
  await putClient(database, { ...client, metadata: { launch_uri, offered_to: ['patient'] } })
  const { headers } = await user.submit(chosen, { app: 'public', patient: 'p1' })
  expect(headers['location']).toBeUndefined()
  await putClient(database, { ...client, metadata: { launch_uri } })
})
