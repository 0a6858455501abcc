/** What the functions of the authorization server may use. */
import type { Context } from '../context.ts'
import type { AccountDoor } from '../interactions/access/account-door.ts'
import type { Notices } from '../notices/open-notices.ts'
import type { Accounts } from './accounts/open-accounts.ts'
import type { TokenChecks } from './check-token.ts'
import type { KeySource } from './clients/client-keys.ts'
import type { SigningKeys } from './keys.ts'
import type { Login } from './login.ts'
import type { People } from './people.ts'

export interface Smart {
  /** Of now. */
  readonly context: () => Context
  readonly people: People
  readonly accounts: Accounts
  readonly notices: Notices
  /** For FHIR requests. */
  readonly door: AccountDoor
  readonly keys: SigningKeys
  readonly clientKeys: KeySource
  readonly checks: TokenChecks
  /** Where people may sign in elsewhere. */
  readonly login?: Login | undefined
  readonly urls: SmartUrls
  /** Removes what counts no more of accounts; to be done now and then. */
  tidy(): Promise<void>
  close(): void
}

/** Where everything is, as clients see it. */
export interface SmartUrls {
  /** The origin: what tokens are issued by. */
  readonly issuer: string
  /** The FHIR base, without a slash at its end. */
  readonly fhir: string
  readonly authorize: string
  readonly token: string
  readonly introspect: string
  readonly revoke: string
  readonly register: string
  readonly logout: string
  readonly jwks: string
  readonly style: string
  readonly brands: string
  /** What people manage their apps with. */
  readonly management: string
}

export function smartUrls(origin: string): SmartUrls {
  return {
    issuer: origin,
    fhir: `${origin}/fhir`,
    authorize: `${origin}/auth/authorize`,
    token: `${origin}/auth/token`,
    introspect: `${origin}/auth/introspect`,
    revoke: `${origin}/auth/revoke`,
    register: `${origin}/auth/register`,
    logout: `${origin}/auth/logout`,
    jwks: `${origin}/auth/jwks`,
    style: `${origin}/auth/smart-style.json`,
    brands: `${origin}/auth/brands.json`,
    management: `${origin}/auth/apps`,
  }
}
