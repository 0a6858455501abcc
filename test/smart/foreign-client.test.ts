/** A client library that others wrote goes through everything: what we think is right is not only our opinion. */

import { exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browser } from '../support/browser.ts'
import {
  bearer,
  callback,
  confidentialSecret,
  fhirBase,
  origin,
  type SmartServer,
  smartServer,
} from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'

let server: SmartServer
let options: { [oauth.allowInsecureRequests]: true; [oauth.customFetch]: typeof fetch }
let as: oauth.AuthorizationServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
  const customFetch = (async (url: string, { method, headers, body }: RequestInit = {}) => {
    const response = await server.app.inject({
      method: (method ?? 'GET') as 'GET',
      url: String(url).replace(origin, ''),
      headers: Object.fromEntries(new Headers(headers)),
      ...(body !== undefined && body !== null && { payload: String(body) }),
    })
    const sent = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string])
    const hasBody = ![204, 304].includes(response.statusCode)
    return new Response(hasBody ? response.payload : null, { status: response.statusCode, headers: sent })
  }) as typeof fetch
  options = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: customFetch }
  const issuer = new URL(origin)
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
})
afterAll(() => server?.close())

test.each([
  ['public', oauth.None()],
  ['confidential', oauth.ClientSecretBasic(confidentialSecret)],
  ['posting', oauth.ClientSecretPost(confidentialSecret)],
])('a %s client is launched, refreshes, introspects and revokes', async (id, auth) => {
  const client: oauth.Client = { client_id: id }
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const url = new URL(as.authorization_endpoint!)
  const asked = {
    ...{ client_id: id, redirect_uri: callback, response_type: 'code', state, nonce, aud: fhirBase },
    ...{ scope: 'openid fhirUser offline_access launch/patient patient/Patient.rs', code_challenge_method: 'S256' },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  }
  url.search = new URLSearchParams(asked).toString()
  const user = browser(server)
  const consent = await user.submit(await user.get(url.href.replace(origin, '')), {
    username: 'patient',
    password: 'right',
  })
  const { headers } = await user.submit(consent, { decision: 'allow' })
  const parameters = oauth.validateAuthResponse(as, client, new URL(headers['location']!), state)
  const response = await oauth.authorizationCodeGrantRequest(as, client, auth, parameters, callback, verifier, options)
  const result = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, options)
  expect(result).toMatchObject({ patient: 'p1', token_type: 'bearer' })
  expect(oauth.getValidatedIdTokenClaims(result)).toMatchObject({
    iss: origin,
    sub: '1',
    fhirUser: `${fhirBase}/Patient/p1`,
  })

  const again = await oauth.refreshTokenGrantRequest(as, client, auth, result.refresh_token!, options)
  const refreshed = await oauth.processRefreshTokenResponse(as, client, again)
  expect(refreshed.scope).toBe(result.scope)
  if (id !== 'public') {
    const asking = await oauth.introspectionRequest(as, client, auth, refreshed.access_token, options)
    expect(await oauth.processIntrospectionResponse(as, client, asking)).toMatchObject({
      active: true,
      client_id: id,
      patient: 'p1',
    })
  }
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, auth, refreshed.refresh_token!, options),
  )
  const { status } = await server.fhir('GET', 'Patient/p1', undefined, bearer(refreshed.access_token))
  expect(status).toBe(401)
})

test('a client registers itself and gets a token by a signed assertion', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k' }] }
  const metadata = { redirect_uris: [callback], token_endpoint_auth_method: 'private_key_jwt', jwks }
  const response = await oauth.dynamicClientRegistrationRequest(as, metadata, options)
  const client = (await oauth.processDynamicClientRegistrationResponse(response)) as oauth.Client
  const auth = oauth.PrivateKeyJwt({ key: privateKey, kid: 'k' })
  const answer = await oauth.introspectionRequest(as, client, auth, 'x', options)
  expect(await oauth.processIntrospectionResponse(as, client, answer)).toEqual({ active: false })
})
