/** The notices that accounts ask for: those of server/notices/templates.ts, of which this folder knows no more. */
import type { Db } from '../../store/database.ts'

export interface AccountNotice {
  readonly template:
    | 'verify-address'
    | 'already-registered'
    | 'reset-password'
    | 'password-changed'
    | 'confirm-new-address'
    | 'address-change-requested'
    | 'address-changed'
    | 'details-changed'
    | 'account-linked'
    | 'link-refused'
    | 'sign-in-attempts'
    | 'glass-broken'
    | 'record-opened'
  readonly parameters: {
    readonly link?: string
    readonly time?: string
    readonly when?: string
    readonly what?: string
  }
  /** In which its reader is written to; English where that is not known. */
  readonly language: string | undefined
}

/** What people are told of that was changed: each has words in server/notices. */
export type AccountChange =
  | 'name-changed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'second-step-on'
  | 'second-step-off'
  | 'backup-codes-made'
  | 'identity-linked'
  | 'identity-unlinked'
  | 'proxies-changed'
  | 'account-activated'

/** Stores a notice to be sent, in the transaction that `db` is. */
export type Notify = (db: Db, address: string, notice: AccountNotice) => Promise<void>

/** A moment as notices are told of it: their words are made where their language is known. */
export function instantOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
