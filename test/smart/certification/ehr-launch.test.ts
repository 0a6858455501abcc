/** The certification procedure's launches from inside, its further clients, and what it does wrong on purpose. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exchange } from '../../support/browser.ts'
import {
  asApp,
  certifiedServer,
  launched,
  patient,
  postedLaunch,
  recordScopes,
  recordTypes,
  type Session,
  searches,
  sessionOf,
} from '../../support/certified-server.ts'
import { needsFolder, sharedFolder } from '../../support/shared-data.ts'
import { assertionFor, assertionType, basic, pkce, type SmartServer } from '../../support/smart-server.ts'

const folder = sharedFolder('us-core')
const fromInside = 'launch openid fhirUser offline_access'

let server: SmartServer
let clinician: Session
let encounter: string
beforeAll(async () => {
  server = (await certifiedServer())!
  if (!folder) return
  // Whoever works here needs a resource that fhirUser leads to.
  server.people.change('clinician', { fhirUser: await practitioner() })
  clinician = await inside({ scope: `${fromInside} ${recordScopes('user')}` })
})
afterAll(() => server?.close())

async function practitioner(): Promise<string> {
  const scope = `${asApp} patient/Encounter.rs patient/Practitioner.rs`
  const { fhir } = await launched(server, { scope })
  const { json } = await fhir(`Encounter?patient=${patient}&_count=1`)
  encounter = String((json as unknown as { entry: { resource: { id: string } }[] }).entry[0]!.resource.id)
  return /Practitioner\/[\w-]+/.exec(JSON.stringify(json))![0]
}

/** A launch by POST with a handle for the patient and a visit. */
async function inside(given: Record<string, string>): Promise<Session> {
  const opener = await launched(server, { scope: 'user/Patient.rs user/Encounter.rs' }, { username: 'clinician' })
  const parameter = [
    { name: 'patient', valueString: patient },
    { name: 'encounter', valueString: `Encounter/${encounter}` },
    { name: 'needPatientBanner', valueBoolean: false },
  ]
  const headers = { authorization: `Bearer ${opener.json['access_token']}` }
  const body = { resourceType: 'Parameters', parameter }
  const { json } = await server.fhir('POST', '$smart-launch', body, headers)
  const list = json['parameter'] as unknown as { name: string; valueString: string }[]
  const launch = list.find(({ name }) => name === 'launch')!.valueString
  const app = await postedLaunch(server, { client_id: 'confidential', launch, ...given }, 'clinician')
  const reply = await exchange(server, app, { client_id: undefined }, basic('confidential'))
  expect({ status: reply.status, error: reply.json['error_description'] }).toEqual({ status: 200, error: undefined })
  return sessionOf(server, app, reply)
}

describe.skipIf(!folder)(needsFolder('launched from inside', folder), () => {
  test('an app learns about whom and which visit, how to look, and whether to show a banner', async () => {
    expect(clinician.json).toMatchObject({ patient, encounter, need_patient_banner: false })
    const style = String(clinician.json['smart_style_url'])
    const { status, headers } = await server.get(new URL(style).pathname)
    expect({ status, type: headers['content-type'] }).toMatchObject({
      status: 200,
      type: expect.stringMatching('^application/json'),
    })
    expect(recordTypes.filter((type) => !clinician.scopes.includes(`user/${type}.rs`))).toEqual([])
    for (const reference of [`Patient/${patient}`, `Encounter/${encounter}`])
      expect((await clinician.fhir(reference)).status).toBe(200)
    expect((await server.fhir('GET', `Patient/${patient}`)).status).toBe(401)
  })

  test('it can read who uses it', async () => {
    const { json } = await introspected(clinician)
    const [type, id] = String(json['fhirUser']).split('/').slice(-2)
    expect((await clinician.fhir(`${type}/${id}`)).status).toBe(200)
  })

  test('with scopes of the patient it is given those', async () => {
    const { json, scopes } = await inside({ scope: `${fromInside} patient/Patient.rs` })
    expect(json['patient']).toBe(patient)
    expect(scopes).toEqual([...fromInside.split(' '), 'patient/Patient.rs'])
  })
})

describe.skipIf(!folder)(needsFolder('further clients', folder), () => {
  test('a public client needs no secret', async () => {
    const { json, fhir } = await launched(server, { scope: `${asApp} patient/Patient.rs` })
    expect(json['id_token']).toEqual(expect.any(String))
    expect((await fhir(`Patient/${patient}`)).status).toBe(200)
  })

  test('an asymmetric client signs, without naming itself besides', async () => {
    const signed = async () => ({
      client_id: undefined,
      client_assertion_type: assertionType,
      client_assertion: await assertionFor('asymmetric', server.now(), {}, {}, server.key),
    })
    const given = { client_id: 'asymmetric', scope: `${asApp} patient/Patient.rs` }
    const { json, fhir } = await launched(server, given, { form: await signed() })
    expect((await fhir(`Patient/${patient}`)).status).toBe(200)
    const refresh = async (refresh_token: string) => {
      const { client_id: _, ...form } = await signed()
      return server.post('/auth/token', { ...form, grant_type: 'refresh_token', refresh_token })
    }
    expect((await refresh(String(json['refresh_token']))).status).toBe(200)
    expect((await refresh(crypto.randomUUID())).status).toBe(400)
  })

  describe('with scopes of the first version', () => {
    let session: Session
    beforeAll(async () => {
      session = await launched(server, { scope: `${asApp} ${recordScopes('patient', 'read')}` })
    })

    test('every type is granted', () => {
      const granted = new Set(session.scopes.map((scope) => scope.replace(/\.(?:read|rs)$/, '')))
      expect(recordTypes.filter((type) => !granted.has(`patient/${type}`))).toEqual([])
    })

    test.each(searches)('%s is answered', async (search) => {
      expect((await session.fhir(search)).status).toBe(200)
    })
  })
})

describe.skipIf(!folder)(needsFolder('a token', folder), () => {
  test('is explained with what was issued with it', async () => {
    const { status, json } = await introspected(clinician)
    expect(status).toBe(200)
    expect(json).toMatchObject({ active: true, client_id: 'confidential', patient, encounter })
    expect(String(json['scope']).split(' ').toSorted()).toEqual(clinician.scopes.toSorted())
    expect(json['exp']).toBeGreaterThan(server.now() / 1000)
    const [, payload] = String(clinician.json['id_token']).split('.')
    const { iss, sub } = JSON.parse(Buffer.from(payload!, 'base64url').toString())
    expect(json).toMatchObject({ iss, sub })
  })

  test('that is none is inactive, and nothing more is said', async () => {
    const { status, json } = await server.post('/auth/introspect', { token: 'invalid' }, basic('confidential'))
    expect({ status, json }).toEqual({ status: 200, json: { active: false } })
  })

  test('and what refreshes it end when they are revoked', async () => {
    const session = await launched(server, { scope: `${asApp} patient/Patient.rs` })
    const token = String(session.json['refresh_token'])
    expect((await server.post('/auth/revoke', { token, client_id: 'public' })).status).toBe(200)
    expect((await session.fhir(`Patient/${patient}`)).status).toBe(401)
    const again = { grant_type: 'refresh_token', refresh_token: token, client_id: 'public' }
    expect((await server.post('/auth/token', again)).status).toBe(400)
  })
})

describe.skipIf(!folder)(needsFolder('refused', folder), () => {
  test('is another audience', async () => {
    const given = { aud: 'https://inferno.healthit.gov/invalid_aud', scope: `${asApp} patient/Patient.rs` }
    const { parameters } = await postedLaunch(server, given, 'tester')
    expect(parameters.get('code')).toBeNull()
    expect(parameters.get('error')).toBe('invalid_request')
  })

  test('are a code that was made up, and a client that is not known', async () => {
    const app = await postedLaunch(server, { client_id: 'confidential', scope: asApp }, 'tester')
    const made = await exchange(server, app, { code: 'BAD_CODE', client_id: undefined }, basic('confidential'))
    expect(made.status).toBe(400)
    const unknown = await exchange(server, app, { client_id: undefined }, basic('BAD_CLIENT_ID'))
    expect(unknown.status).toBe(401)
  })

  test.each<[string, (app: { verifier: string }) => string | undefined]>([
    ['no verifier', () => undefined],
    ['a blank verifier', () => ''],
    ['another verifier', () => pkce().verifier],
  ])('is %s', async (_name, verifier) => {
    const app = await postedLaunch(server, { scope: asApp }, 'tester')
    expect((await exchange(server, app, { code_verifier: verifier(app) })).status).toBe(400)
  })

  test('is the challenge in place of the verifier', async () => {
    const { challenge } = pkce()
    const app = await postedLaunch(server, { scope: asApp, code_challenge: challenge }, 'tester')
    expect((await exchange(server, app, { code_verifier: challenge })).status).toBe(400)
  })
})

async function introspected({ json }: Session) {
  return server.post('/auth/introspect', { token: String(json['access_token']) }, basic('confidential'))
}
