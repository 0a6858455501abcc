/** From a launch to a token: https://hl7.org/fhir/smart-app-launch/app-launch.html */
import * as oauth from 'oauth4webapi'
import { discover, type Endpoints } from './discovery.ts'
import type { Issuer } from './issuers.ts'

export interface App {
  /** `results`: its name in `issuers.json`. */
  readonly name: string
  readonly scope: string
  /** Where the authorization server sends people back to. */
  readonly redirectUri: string
}

/** What is remembered between leaving for the authorization server and coming back. */
interface Pending {
  readonly issuer: Issuer
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly redirectUri: string
  readonly verifier: string
  readonly nonce: string
  readonly scope: string
  /** What the person had wanted to see. */
  readonly wanted: string | undefined
}

/** What was granted: https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export interface Grant {
  readonly issuer: Issuer
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  /** Milliseconds since 1970. */
  readonly expires: number
  readonly scope: readonly string[]
  readonly patient: string | undefined
  readonly encounter: string | undefined
  readonly needPatientBanner: boolean
  readonly styleUrl: string | undefined
  readonly intent: string | undefined
  /** An absolute address of a Patient, Practitioner and so on. */
  readonly fhirUser: string | undefined
  readonly idToken: string | undefined
}

/** Why a launch came to nothing; `again` where trying once more may help. */
export class LaunchError extends Error {
  readonly reason: LaunchFault
  constructor(reason: LaunchFault, message = '') {
    super(message)
    this.reason = reason
  }
}

export type LaunchFault = 'unknown-state' | 'denied' | 'refused' | 'no-patient' | 'unreachable'

const prefix = 'smart-launch:'

export interface LaunchRequest {
  readonly app: App
  readonly issuer: Issuer
  /** The handle of a launch from inside. */
  readonly launch?: string | undefined
  readonly wanted?: string | undefined
}

/** Where to send the browser. What must be known afterwards is kept in `storage`. */
export async function beginLaunch(request: LaunchRequest, storage: Storage): Promise<URL> {
  const { app, issuer, launch, wanted } = request
  const clientId = issuer.clients[app.name]
  if (clientId === undefined) throw new LaunchError('refused', `${issuer.iss} has no client for ${app.name}.`)
  const endpoints = await discover(issuer.iss)
  const [state, nonce, verifier] = [
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
    oauth.generateRandomCodeVerifier(),
  ]
  const scope = scopeFor(issuer.scopes?.[app.name] ?? app.scope, launch !== undefined, endpoints.capabilities)
  const { redirectUri } = app
  const pending: Pending = { issuer, endpoints, clientId, redirectUri, verifier, nonce, scope, wanted }
  storage.setItem(prefix + state, JSON.stringify(pending))
  const url = new URL(endpoints.authorization)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    aud: issuer.iss,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(launch !== undefined && { launch }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url
}

/**
 * `launch` belongs to launches from inside, `launch/patient` to those from outside. Servers that do not say that they know
 * scopes of the second version are asked in the words of the first.
 */
export function scopeFor(scope: string, inside: boolean, capabilities: readonly string[] | undefined): string {
  const unfit = inside ? 'launch/patient' : 'launch'
  const isOld = !capabilities?.includes('permission-v2')
  const words = scope.split(' ').filter((one) => one !== unfit)
  return [...new Set(isOld ? words.map(asFirstVersion) : words)].join(' ')
}

/** `patient/Observation.rs` as `patient/Observation.read`. */
function asFirstVersion(scope: string): string {
  const [, name, letters] = /^((?:patient|user|system)\/(?:\w+|\*))\.([cruds]+)$/.exec(scope) ?? []
  if (name === undefined) return scope
  const [reads, writes] = [/[rs]/.test(letters!), /[cud]/.test(letters!)]
  return `${name}.${reads && writes ? '*' : writes ? 'write' : 'read'}`
}

/** Whether an address is one that an authorization server sends people back to. */
export function isReturn(url: URL): boolean {
  return url.searchParams.has('state') && (url.searchParams.has('code') || url.searchParams.has('error'))
}

/** The grant, and what the person had wanted to see. */
export async function finishLaunch(
  url: URL,
  storage: Storage,
  now: () => number,
): Promise<{ readonly grant: Grant; readonly wanted: string | undefined }> {
  const key = prefix + url.searchParams.get('state')
  const kept = storage.getItem(key)
  if (kept === null) throw new LaunchError('unknown-state')
  storage.removeItem(key)
  const pending = JSON.parse(kept) as Pending
  const { endpoints, clientId, redirectUri, verifier, wanted } = pending
  if (url.searchParams.get('error') === 'access_denied') throw new LaunchError('denied')
  const { as, client } = partiesOf(endpoints, clientId, pending.issuer)
  try {
    const parameters = oauth.validateAuthResponse(as, client, url, url.searchParams.get('state')!)
    const options = { [oauth.allowInsecureRequests]: isLocal(endpoints.token) }
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      oauth.None(),
      parameters,
      redirectUri,
      verifier,
      options,
    )
    const expectedNonce = (await hasIdToken(response)) ? pending.nonce : oauth.expectNoNonce
    const token = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce })
    return { grant: grantOf(token, pending, now()), wanted }
  } catch (error) {
    throw asLaunchError(error)
  }
}

/** Some servers give none although it was asked for: then nobody is named, and the record can be read nevertheless. */
async function hasIdToken(response: Response): Promise<boolean> {
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { readonly id_token?: unknown } | undefined
  return typeof body?.id_token === 'string'
}

/** Asks for a new access token; the refresh token may be another one afterwards. */
export async function refreshGrant(grant: Grant, now: () => number): Promise<Grant> {
  const { endpoints, clientId, issuer } = grant
  const { as, client } = partiesOf(endpoints, clientId, issuer)
  const options = { [oauth.allowInsecureRequests]: isLocal(endpoints.token) }
  try {
    const response = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), grant.refreshToken!, options)
    const token = await oauth.processRefreshTokenResponse(as, client, response)
    return {
      ...grant,
      accessToken: token.access_token,
      refreshToken: token.refresh_token ?? grant.refreshToken,
      expires: expiry(token, now()),
    }
  } catch (error) {
    throw asLaunchError(error)
  }
}

function partiesOf({ issuer, token, jwks }: Endpoints, clientId: string, { relay }: Issuer) {
  const as: oauth.AuthorizationServer = { issuer, token_endpoint: relay ?? token, ...(jwks && { jwks_uri: jwks }) }
  return { as, client: { client_id: clientId } as oauth.Client }
}

function grantOf(token: oauth.TokenEndpointResponse, pending: Pending, now: number): Grant {
  const { issuer, endpoints, clientId, scope } = pending
  const text = (name: string) => (typeof token[name] === 'string' ? (token[name] as string) : undefined)
  const claims = token.id_token ? oauth.getValidatedIdTokenClaims(token) : undefined
  const user = claims?.['fhirUser'] ?? claims?.['profile']
  return {
    ...{ issuer, endpoints, clientId },
    accessToken: token.access_token,
    refreshToken: token.refresh_token,
    expires: expiry(token, now),
    scope: (token.scope ?? scope).split(' '),
    patient: text('patient'),
    encounter: text('encounter'),
    needPatientBanner: token['need_patient_banner'] !== false,
    styleUrl: text('smart_style_url'),
    intent: text('intent'),
    fhirUser: typeof user === 'string' ? new URL(user, `${issuer.iss}/`).href : undefined,
    idToken: token.id_token,
  }
}

/** A server that does not tell is taken to mean five minutes. */
function expiry({ expires_in: seconds = 300 }: oauth.TokenEndpointResponse, now: number): number {
  return now + seconds * 1000
}

function asLaunchError(error: unknown): LaunchError {
  if (error instanceof LaunchError) return error
  if (error instanceof TypeError) return new LaunchError('unreachable', error.message)
  return new LaunchError('refused', error instanceof Error ? error.message : String(error))
}

function isLocal(address: string): boolean {
  return ['localhost', '127.0.0.1'].includes(new URL(address).hostname)
}
