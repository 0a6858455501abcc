/** Single sign-on: who somebody is, as an external OpenID provider says it. https://openid.net/specs/openid-connect-core-1_0.html */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { Sealer } from '../sealing.ts'
import type { ExternalIdentity } from './accounts/external-identity.ts'

export interface LoginSettings {
  readonly issuer: string
  readonly clientId: string
  /** Absent for a public client. */
  readonly clientSecret?: string
  /** The page that the provider sends the browser back to. */
  readonly redirectUri: string
  /** The claim that lists roles or groups. */
  readonly roleClaim: string
  /** Our roles by their names there. */
  readonly roles: ReadonlyMap<string, string>
}

export interface Login {
  /** Where to send the browser, and what it is to bring back in a cookie. Throws where the provider cannot be reached. */
  begin(): Promise<{ readonly url: string; readonly cookie: string }>
  /** Who came back; undefined where that cannot be trusted, or the provider refused. `address` is that of the page. */
  finish(address: URL, cookie: string): Promise<ExternalIdentity | undefined>
}

/** Milliseconds to sign in there. */
const loginAge = 15 * 60_000
const purpose = 'external login'

interface LoginState {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly until: number
}

export function externalLogin(
  settings: LoginSettings,
  { sealer, now }: { readonly sealer: Sealer; readonly now: () => number },
): Login {
  let known: Promise<Configuration> | undefined
  const provider = () => {
    known ??= discovered(settings).catch((error) => {
      // The next one tries again.
      known = undefined
      throw error
    })
    return known
  }
  return {
    begin: async () => {
      const config = await provider()
      const secrets = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
      const { state, nonce, verifier } = secrets
      const url = buildAuthorizationUrl(config, {
        redirect_uri: settings.redirectUri,
        scope: 'openid profile email',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      const sealed = sealer.seal(JSON.stringify({ ...secrets, until: now() + loginAge }), purpose)
      return { url: url.href, cookie: sealed.toString('base64url') }
    },
    finish: async (address, cookie) => {
      const began = opened(cookie, sealer)
      if (!began || began.until <= now()) return undefined
      const config = await provider()
      const { state, nonce, verifier } = began
      try {
        // What a proxy before this server makes of the address is of no account.
        const current = new URL(`${settings.redirectUri}${address.search}`)
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
        const tokens = await authorizationCodeGrant(config, current, checks)
        return identityOf(tokens.claims() ?? {}, settings)
      } catch {
        return undefined
      }
    },
  }
}

async function discovered({ issuer, clientId, clientSecret }: LoginSettings): Promise<Configuration> {
  const url = new URL(issuer)
  const authentication = clientSecret === undefined ? None() : ClientSecretPost(clientSecret)
  // Without TLS on this machine alone.
  const isOwn = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return discovery(url, clientId, undefined, authentication, {
    timeout: 10,
    ...(isOwn && { execute: [allowInsecureRequests] }),
  })
}

function identityOf(claims: Record<string, unknown>, settings: LoginSettings): ExternalIdentity | undefined {
  const { iss, sub, name, email, preferred_username: username, amr } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string' || sub === '') return undefined
  const groups = texts(claims[settings.roleClaim])
  const isProved = claims['email_verified'] === true
  return {
    issuer: iss,
    subject: sub,
    roles: [...new Set(groups.flatMap((group) => settings.roles.get(group) ?? []))],
    mappedRoles: [...new Set(settings.roles.values())],
    methods: texts(amr).slice(0, 10),
    ...(typeof name === 'string' && { name }),
    ...(typeof username === 'string' && { username }),
    ...(typeof email === 'string' && isProved && { email }),
  }
}

/** A list of texts, or one. */
function texts(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [value]
  return list.filter((one) => typeof one === 'string')
}

function opened(cookie: string, sealer: Sealer): LoginState | undefined {
  try {
    return JSON.parse(sealer.open(Buffer.from(cookie.slice(0, 4000), 'base64url'), purpose)) as LoginState
  } catch {
    return undefined
  }
}
