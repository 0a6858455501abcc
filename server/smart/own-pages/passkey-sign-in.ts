/** Signing in with a passkey: what the script of the page asks for, and what it sends. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import { beginPasskeySignIn, signInByPasskey } from '../accounts/passkeys.ts'
import { secondsToWait } from '../accounts/rate-limit.ts'
import { begin } from '../accounts/sign-in.ts'
import type { Handler, SmartRequest } from '../exchange.ts'
import { type SignInResult, signInPlace } from '../people.ts'
import type { Smart } from '../smart.ts'
import { guestOf } from './open-page.ts'

export const passkeyOptionsPath = '/auth/passkey-options'
export const passkeyScript = '/docs/passkeys.js'

export function passkeyOptions(smart: Smart): Handler {
  return async (request) => {
    const { accounts, network } = guestOf(request, smart)
    const seconds = await secondsToWait(accounts, 'passkey', network)
    if (seconds > 0) return { status: 429, json: {}, headers: { 'retry-after': String(seconds) } }
    return { status: 200, json: await beginPasskeySignIn(accounts) }
  }
}

/** Begins a session for whoever's passkey has answered. */
export async function signInWithPasskey(sent: string, request: SmartRequest, smart: Smart): Promise<SignInResult> {
  const { accounts } = guestOf(request, smart)
  const response = parsed(sent)
  const found = response && (await signInByPasskey(accounts, response))
  if (!found) return { kind: 'refused' }
  return begin(found.account, found.methods, signInPlace(request), accounts)
}

/** What of it is wrong is found where it is verified. */
export function parsed<T = AuthenticationResponseJSON>(sent: string): T | undefined {
  try {
    const value = JSON.parse(sent.slice(0, 50_000)) as unknown
    return typeof value === 'object' && value !== null ? (value as T) : undefined
  } catch {
    return undefined
  }
}
