/** What the functions of this folder may use: each takes the part of it that it needs. */
import type { Database } from '../../store/database.ts'
import type { AccountDirectory } from './account-directory.ts'
import type { Audit } from './account-event.ts'
import type { Notify } from './account-notice.ts'
import type { FhirRecord } from './fhir-record.ts'

export interface AccountPowers {
  readonly database: Database
  readonly directory: AccountDirectory
  readonly now: () => number
  readonly notify: Notify
  readonly audit: Audit
  readonly links: AccountLinks
  /** Whether a mail can be sent there. */
  readonly isAddress: (text: string) => boolean
}

/** For what has to do with resources. */
export interface RecordPowers extends AccountPowers {
  readonly record: FhirRecord
  /** Whether one of these roles may open a record in an emergency. */
  readonly breaksGlass: (roles: readonly string[]) => Promise<boolean>
  /** Years: from that birthday on a person decides alone who sees their record. */
  readonly ageOfConsent: number
}

/** The pages that notices lead to, as absolute URLs. */
export interface AccountLinks {
  readonly signIn: string
  readonly forgotten: string
  readonly account: string
  readonly review: string
  readonly verifyAddress: (token: string) => string
  readonly resetPassword: (token: string) => string
  readonly confirmAddress: (token: string) => string
  /** Behind a #: what is there is sent to no server and written into no log. */
  readonly invitation: (code: string) => string
}

const paths = {
  signIn: 'sign-in',
  forgotten: 'forgotten',
  account: 'account',
  review: 'emergency-access',
  verifyAddress: 'verify-address',
  resetPassword: 'reset-password',
  confirmAddress: 'confirm-address',
  invitation: 'invitation',
}

/** Pages below `origin`/auth; the token of a link is used when its page's form is sent, not when it is opened. */
export function accountLinks(origin: string): AccountLinks {
  const page = (path: string) => `${origin}/auth/${path}`
  const withToken = (path: string) => (token: string) => `${page(path)}?token=${encodeURIComponent(token)}`
  return {
    signIn: page(paths.signIn),
    forgotten: page(paths.forgotten),
    account: page(paths.account),
    review: page(paths.review),
    verifyAddress: withToken(paths.verifyAddress),
    resetPassword: withToken(paths.resetPassword),
    confirmAddress: withToken(paths.confirmAddress),
    invitation: (code) => `${page(paths.invitation)}#${code}`,
  }
}
