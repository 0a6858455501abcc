/** The people who sign in, as far as the authorization server needs them: whoever keeps accounts gives these functions. */
import type { CallerAccount } from '../access/caller.ts'
import type { SmartRequest } from './exchange.ts'

export interface Session {
  /** What the secret in the cookie hashes to. */
  readonly hash: Buffer
  readonly account: CallerAccount
  /** How the person is addressed on pages, and known to apps that may know their profile. */
  readonly name: string
  /** When they signed in, in milliseconds. */
  readonly authTime: number
  /** How they were recognized: RFC 8176. */
  readonly methods: readonly string[]
  /** When it ends by itself; absent where that is not known. */
  readonly end?: SessionEnd
}

export interface SessionEnd {
  /** Milliseconds. */
  readonly time: number
  /** It ends then whatever the person does; else where nothing is done. */
  readonly isLast: boolean
}

/** What an account is, as of now. */
export interface AccountNow {
  readonly account: CallerAccount
  /** `BTG` while the glass is broken. */
  readonly purposeOfUse?: string
  /** Ids of the patients whose records were opened so. */
  readonly behindGlass?: readonly string[]
}

export interface SignInAttempt extends SignInPlace {
  readonly username: string
  readonly password: string
}

export interface CodeAttempt extends SignInPlace {
  readonly ticket: string
  readonly otp: string
}

export interface SignInPlace {
  readonly address: string
  readonly userAgent?: string
  /** In which the page was read: mails are in it where no other was chosen. */
  readonly language?: string
  /** The cookie of the session that there was before, which ends. */
  readonly before?: string
}

/** Where a request to sign in comes from. */
export function signInPlace({ address, userAgent, language, cookies }: SmartRequest): SignInPlace {
  const before = cookies.get('session')
  return { address, language, ...(userAgent !== undefined && { userAgent }), ...(before !== undefined && { before }) }
}

export type SignInResult =
  /** `secret` is for the cookie, `maxAge` its seconds. */
  | { readonly kind: 'signed-in'; readonly secret: string; readonly maxAge?: number }
  /** The password is right; a code is wanted besides. The ticket goes with it: a secret of some minutes. */
  | { readonly kind: 'otp-wanted'; readonly ticket: string }
  | { readonly kind: 'refused' }
  /** Too many attempts: in so many seconds again. */
  | { readonly kind: 'later'; readonly seconds: number }

export interface People {
  /** The session of a cookie, as of now; undefined where it has ended. */
  session(secret: string): Promise<Session | undefined>
  /** Whether a session goes on, by its hash. */
  isSignedIn(session: Buffer): Promise<boolean>
  signIn(attempt: SignInAttempt): Promise<SignInResult>
  /** The second factor; `otp-wanted` again where the code is wrong. */
  confirmCode(attempt: CodeAttempt): Promise<SignInResult>
  signOut(secret: string): Promise<void>
  /** Undefined where the account is closed, or there is none. */
  account(number: string): Promise<AccountNow | undefined>
}
