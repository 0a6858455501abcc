/** The certification procedure's standalone launches, with all that is asked for and with a part. */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asApp,
  certifiedServer,
  launched,
  patient,
  recordScopes,
  recordTypes,
  type Session,
  searches,
} from '../../support/certified-server.ts'
import { needsFolder, sharedFolder } from '../../support/shared-data.ts'
import { basic, type SmartServer } from '../../support/smart-server.ts'

const folder = sharedFolder('us-core')
const confidential = { form: { client_id: undefined }, headers: basic('confidential') }
const fullScope = `${asApp} ${recordScopes('patient')}`

let server: SmartServer
beforeAll(async () => {
  server = (await certifiedServer())!
})
afterAll(() => server?.close())

describe.skipIf(!folder)(needsFolder('with everything allowed', folder), () => {
  let session: Session
  beforeAll(async () => {
    session = await launched(server, { client_id: 'confidential', scope: fullScope }, confidential)
  })

  test('the token response is complete, and no cache keeps it', () => {
    expect(session.json).toMatchObject({
      access_token: expect.any(String),
      token_type: expect.stringMatching(/^bearer$/i),
      expires_in: expect.any(Number),
      refresh_token: expect.any(String),
      id_token: expect.any(String),
      patient,
    })
    expect(session.headers['cache-control']).toContain('no-store')
    expect(session.headers['pragma']).toContain('no-cache')
    expect(new Set(session.scopes)).toEqual(new Set(fullScope.split(' ')))
  })

  test('the patient is read with the token, and by nobody without', async () => {
    expect((await server.fhir('GET', `Patient/${patient}`)).status).toBe(401)
    const { status, json } = await session.fhir(`Patient/${patient}`)
    expect({ status, type: json['resourceType'] }).toEqual({ status: 200, type: 'Patient' })
  })

  test('the id_token is what OpenID Connect says, and whom it names can be read', async () => {
    const known = await server.get('/.well-known/openid-configuration')
    expect(known.headers['content-type']).toMatch(/^application\/json/)
    const demanded = [
      ...['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'response_types_supported'],
      ...['subject_types_supported', 'id_token_signing_alg_values_supported'],
    ]
    expect(demanded.filter((name) => known.json[name] === undefined)).toEqual([])
    const keys = (await server.get('/auth/jwks')).json as unknown as JSONWebKeySet
    const token = String(session.json['id_token'])
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: keys.keys[0]!.kid })
    const checks = { issuer: String(known.json['issuer']), audience: 'confidential', algorithms: ['RS256'] }
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), checks)
    expect(payload.iat).toBeTypeOf('number')
    expect(payload.sub!.length).toBeLessThanOrEqual(255)
    const [type, id] = String(payload['fhirUser']).split('/').slice(-2)
    expect(['Patient', 'Practitioner', 'RelatedPerson', 'Person']).toContain(type)
    const own = await session.fhir(`${type}/${id}`, { origin: 'https://app.example.org' })
    expect({ status: own.status, origin: own.headers['access-control-allow-origin'] }).toEqual({
      status: 200,
      origin: '*',
    })
  })

  test.each(searches)('%s is answered', async (search) => {
    const { status, json } = await session.fhir(search)
    expect({ status, type: json['resourceType'] }).toEqual({ status: 200, type: 'Bundle' })
  })

  test.each(searches)('%s brings who wrote it', async (search) => {
    const { json } = await session.fhir(`${search}&_revinclude=Provenance:target&_count=50`)
    const entries = (json['entry'] ?? []) as unknown as readonly {
      readonly resource: { readonly resourceType: string }
      readonly search: { readonly mode: string }
    }[]
    const matches = entries.filter(({ search: { mode } }) => mode === 'match')
    if (matches.length === 0) return
    expect(entries.map(({ resource }) => resource.resourceType)).toContain('Provenance')
  })

  test('whom the record refers to can be read', async () => {
    const { json } = await session.fhir(`Encounter?patient=${patient}&_count=200`)
    const found = [...JSON.stringify(json).matchAll(/"reference":"((?:Practitioner|Organization|Location)\/[^"]+)"/g)]
    const references = new Set(found.map(([, reference]) => reference!))
    expect(references.size).toBeGreaterThan(0)
    for (const reference of references) expect((await session.fhir(reference)).status, reference).toBe(200)
  })

  test('it is refreshed without a scope, with all of it, and by nothing that was made up', async () => {
    const refresh = (refresh_token: string, more: Record<string, string> = {}) =>
      server.post('/auth/token', { grant_type: 'refresh_token', refresh_token, ...more }, basic('confidential'))
    const first = await refresh(String(session.json['refresh_token']))
    expect(first.status).toBe(200)
    expect(first.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
    const second = await refresh(String(first.json['refresh_token']), { scope: session.scopes.join(' ') })
    expect({ status: second.status, scope: second.json['scope'] }).toEqual({ status: 200, scope: fullScope })
    const token = { authorization: `Bearer ${second.json['access_token']}` }
    expect((await server.fhir('GET', `Patient/${patient}`, undefined, token)).status).toBe(200)
    expect((await refresh(crypto.randomUUID())).status).toBe(400)
  })
})

describe.skipIf(!folder)(needsFolder('with a part allowed', folder), () => {
  const chosen = ['patient/Patient.rs', 'patient/Condition.rs', 'patient/Observation.rs']
  let session: Session
  beforeAll(async () => {
    const fields = { narrow: '1', scope: chosen }
    session = await launched(server, { client_id: 'confidential', scope: fullScope }, { ...confidential, fields })
  })

  test('the scopes say so', () => {
    expect(session.scopes.filter((scope) => scope.startsWith('patient/')).sort()).toEqual(chosen.toSorted())
  })

  test('what was allowed is found', async () => {
    expect((await session.fhir(`Patient/${patient}`)).status).toBe(200)
    for (const type of ['Condition', 'Observation'])
      expect((await session.fhir(`${type}?patient=${patient}`)).status).toBe(200)
  })

  test.each(recordTypes.filter((type) => !chosen.includes(`patient/${type}.rs`)))('%s is refused', async (type) => {
    const { status, json } = await session.fhir(`${type}?patient=${patient}`)
    expect({ status, type: json['resourceType'] }).toEqual({ status: 403, type: 'OperationOutcome' })
  })
})

test.skipIf(!folder)('the style and discovery are for everybody', async () => {
  for (const url of ['/auth/smart-style.json', '/fhir/.well-known/smart-configuration', '/fhir/metadata']) {
    const { status, headers } = await server.get(url, { origin: 'https://inferno.example.org' })
    expect({ url, status, origin: headers['access-control-allow-origin'] }).toEqual({ url, status: 200, origin: '*' })
  }
  expect((await server.get('/auth/smart-style.json')).json).not.toEqual({})
})
