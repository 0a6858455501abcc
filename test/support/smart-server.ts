/** A server with AUTH=smart, some people, and clients. */
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { createApp } from '../../server/app.ts'
import type { Config } from '../../server/config.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { addClientSecret, type ClientRecord, putClient } from '../../server/store/smart/clients.ts'
import { type TestPeople, type TestPerson, testPeople } from './test-people.ts'
import { payloadOf, type TestReply, type TestServer, testReply, testServer } from './test-server.ts'

export const origin = 'http://localhost:8080'
export const fhirBase = `${origin}/fhir`
export const tokenUrl = `${origin}/auth/token`
export const callback = 'https://app.example.org/callback'
export const confidentialSecret = 'a-secret-of-the-confidential-client'

export const persons: readonly TestPerson[] = [
  { number: '1', username: 'patient', password: 'right', roles: ['patient'], fhirUser: 'Patient/p1', patients: ['p1'] },
  {
    number: '2',
    username: 'guardian',
    password: 'right',
    roles: ['patient'],
    fhirUser: 'RelatedPerson/r1',
    patients: ['p1', 'p2'],
  },
  {
    number: '3',
    username: 'clinician',
    password: 'right',
    roles: ['practitioner'],
    fhirUser: 'Practitioner/d1',
    patients: [],
  },
  {
    number: '4',
    username: 'careful',
    password: 'right',
    otp: '123456',
    roles: ['patient'],
    fhirUser: 'Patient/p2',
    patients: ['p2'],
  },
  { number: '5', username: 'admin', password: 'right', roles: ['admin'], fhirUser: 'Practitioner/d2', patients: [] },
]

export interface SmartServer extends TestServer {
  readonly people: TestPeople
  /** The private key of the client `backend`, and of the client `asymmetric`. */
  readonly key: CryptoKey
  /** Time goes on by so many milliseconds. */
  pass(milliseconds: number): void
  now(): number
  post(path: string, form: Record<string, string> | string, headers?: Record<string, string>): Promise<TestReply>
  get(url: string, headers?: Record<string, string>): Promise<TestReply>
  assertion(claims?: Partial<JWTPayload>, header?: Record<string, unknown>, key?: CryptoKey): Promise<string>
}

export const keyId = 'key-1'

/** The clients of tests: each of another kind. */
export function testClients(jwk: JWK): readonly Partial<ClientRecord>[] {
  const jwks = { keys: [{ ...jwk, kid: keyId }] } as unknown as JsonObject
  const app = { redirectUris: [callback], grantTypes: ['authorization_code', 'refresh_token'] }
  return [
    { id: 'public', authMethod: 'none', ...app },
    { id: 'confidential', authMethod: 'client_secret_basic', ...app },
    { id: 'posting', authMethod: 'client_secret_post', ...app },
    { id: 'asymmetric', authMethod: 'private_key_jwt', jwks, ...app },
    { id: 'trusted', authMethod: 'none', trusted: true, ...app },
    { id: 'native', authMethod: 'none', ...app, redirectUris: ['http://127.0.0.1/done', 'org.example.app:/done'] },
    { id: 'brief', authMethod: 'none', redirectUris: [callback], grantTypes: ['authorization_code'] },
    { id: 'modest', authMethod: 'none', ...app, scopes: 'openid launch/patient patient/Patient.rs' },
    { id: 'waiting', authMethod: 'none', state: 'waiting', ...app },
    { id: 'disabled', authMethod: 'client_secret_basic', state: 'disabled', ...app },
    {
      id: 'backend',
      authMethod: 'private_key_jwt',
      jwks,
      redirectUris: [],
      grantTypes: ['client_credentials'],
      scopes: 'system/*.rs',
    },
  ]
}

const allScopes =
  'openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.cruds'

export async function smartServer(config: Partial<Config> = {}): Promise<SmartServer> {
  let passed = 0
  const now = () => Date.now() + passed
  const server = await testServer({ config: { auth: 'smart', publicUrl: origin, ...config }, context: { now } })
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })
  const people = testPeople(persons, now)
  const context = { ...server.context, access: { kind: 'open' } as const }
  const app: FastifyInstance = await createApp(context, people)
  await app.ready()
  await addClients(server, testClients(await exportJWK(publicKey)))
  const inject = async (request: InjectOptions) => {
    const response = await app.inject(request)
    return testReply(response.statusCode, response.headers, response.rawPayload)
  }
  return {
    ...server,
    app,
    people,
    key: privateKey,
    now,
    pass: (milliseconds) => {
      passed += milliseconds
    },
    inject,
    fhir: (method, path, body, headers) =>
      inject({
        method: method as 'GET',
        url: `/fhir${path === '' || path.startsWith('?') ? path : `/${path}`}`,
        headers: { ...(body !== undefined && { 'content-type': 'application/fhir+json' }), ...headers },
        ...(body !== undefined && { payload: payloadOf(body) }),
      }),
    post: (path, form, headers) =>
      inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      }),
    get: (url, headers = {}) => inject({ method: 'GET', url, headers }),
    assertion: (claims = {}, header = {}, key = privateKey) => assertionFor('backend', now(), claims, header, key),
    close: async () => {
      await app.close()
      await server.close()
    },
  }
}

async function addClients(server: TestServer, clients: readonly Partial<ClientRecord>[]): Promise<void> {
  const { database } = server.context.store
  for (const given of clients) {
    const client = {
      ...{
        name: `The ${given.id} app`,
        state: 'active',
        source: 'administrator',
        scopes: allScopes,
        jwks: null,
        jwksUri: null,
      },
      ...{ trusted: false, metadata: {}, created: 0 },
      ...given,
    } as ClientRecord
    await putClient(database, client)
    if (!client.authMethod.startsWith('client_secret')) continue
    await addClientSecret(database, client.id, secretHash(confidentialSecret), { now: 0, until: 0 })
  }
}

/** A signed assertion of a client; claims and header members that are undefined are left out. */
export function assertionFor(
  client: string,
  now: number,
  claims: Partial<JWTPayload>,
  header: Record<string, unknown>,
  key: CryptoKey,
): Promise<string> {
  const seconds = Math.floor(now / 1000)
  const usual = { iss: client, sub: client, aud: tokenUrl, exp: seconds + 240, jti: newToken() }
  const payload = Object.fromEntries(Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined))
  const head = Object.fromEntries(
    Object.entries({ alg: 'ES384', typ: 'JWT', kid: keyId, ...header }).filter(([, value]) => value !== undefined),
  )
  return new SignJWT(payload).setProtectedHeader(head as { alg: string }).sign(key)
}

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export function basic(id: string, secret = confidentialSecret): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

/** A verifier with its challenge. */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
