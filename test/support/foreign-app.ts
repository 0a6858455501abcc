/** A web app of others that is launched: its pages, and the exchange of its code, by a library that others wrote. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as oauth from 'oauth4webapi'

export interface ForeignApp {
  readonly origin: string
  /** Where a client's launch begins; with `iss` and `launch` from inside. `scope`: instead of the usual ones. */
  launchUrl(client: string, scope?: string): string
  callbackUrl(client: string): string
  /** The last token response of a client. */
  token(client: string): oauth.TokenEndpointResponse
  close(): Promise<void>
}

export interface ForeignAppOptions {
  readonly fhirBase: string
  /** The secrets of the clients that have one. */
  readonly secrets: Readonly<Record<string, string>>
  readonly scopes: { readonly standalone: string; readonly inside: string }
}

interface Pending {
  readonly verifier: string
  readonly state: string
  readonly nonce: string
}

const insecure = { [oauth.allowInsecureRequests]: true }

export async function foreignApp({ fhirBase, secrets, scopes }: ForeignAppOptions): Promise<ForeignApp> {
  const pending = new Map<string, Pending>()
  const tokens = new Map<string, oauth.TokenEndpointResponse>()
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const callbackUrl = (client: string) => `${base()}/${client}/callback`

  const begin = async (client: string, query: URLSearchParams): Promise<string> => {
    const as = await discover(fhirBase)
    const verifier = oauth.generateRandomCodeVerifier()
    const kept = { verifier, state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() }
    pending.set(client, kept)
    const launch = query.get('launch')
    const url = new URL(as.authorization_endpoint!)
    url.search = new URLSearchParams({
      ...{ client_id: client, redirect_uri: callbackUrl(client), response_type: 'code', aud: fhirBase },
      ...{ state: kept.state, nonce: kept.nonce, code_challenge_method: 'S256' },
      ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier) },
      scope: query.get('scope') ?? (launch === null ? scopes.standalone : scopes.inside),
      ...(launch !== null && { launch }),
    }).toString()
    return url.href
  }

  const end = async (client: string, url: URL): Promise<string> => {
    const as = await discover(fhirBase)
    const { verifier, state, nonce } = pending.get(client)!
    const secret = secrets[client]
    const auth = secret === undefined ? oauth.None() : oauth.ClientSecretBasic(secret)
    const parameters = oauth.validateAuthResponse(as, { client_id: client }, url, state)
    const args = [as, { client_id: client }, auth, parameters, callbackUrl(client), verifier, insecure] as const
    const response = await oauth.authorizationCodeGrantRequest(...args)
    const checks = { expectedNonce: nonce, requireIdToken: true }
    const token = await oauth.processAuthorizationCodeResponse(as, { client_id: client }, response, checks)
    await oauth.validateApplicationLevelSignature(as, response, insecure)
    tokens.set(client, token)
    const headers = { authorization: `Bearer ${token.access_token}`, accept: 'application/fhir+json' }
    const patient = await fetch(`${fhirBase}/Patient/${String(token['patient'])}`, { headers })
    const { name } = (await patient.json()) as { name: { family: string }[] }
    return `The record of ${name[0]!.family}`
  }

  const server = createServer((request, reply) => {
    const url = new URL(request.url ?? '', base())
    const [, client = '', step] = url.pathname.split('/')
    const answer = async () => {
      if (step === 'launch') {
        reply.writeHead(302, { location: await begin(client, url.searchParams) }).end()
      } else if (step === 'callback') {
        const title = await end(client, url)
        reply.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>App</title><h1>${title}</h1>`)
      } else reply.writeHead(url.pathname === '/favicon.ico' ? 204 : 404).end()
    }
    answer().catch((error) => reply.writeHead(500).end(String(error)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    origin: base(),
    launchUrl: (client, scope) =>
      `${base()}/${client}/launch${scope === undefined ? '' : `?scope=${encodeURIComponent(scope)}`}`,
    callbackUrl,
    token: (client) => tokens.get(client)!,
    close: () => new Promise((done) => server.close(() => done())),
  }
}

/** As a SMART app finds it: below the FHIR base, then the issuer's own. */
async function discover(fhirBase: string): Promise<oauth.AuthorizationServer> {
  const smart = await fetch(`${fhirBase}/.well-known/smart-configuration`)
  const issuer = new URL(((await smart.json()) as { issuer: string }).issuer)
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
}
