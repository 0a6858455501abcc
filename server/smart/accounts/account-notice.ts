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
}

/** Stores a notice to be sent, in the transaction that `db` is. */
export type Notify = (db: Db, address: string, notice: AccountNotice) => Promise<void>

/** A moment as notices name it. */
export function momentText(milliseconds: number): string {
  return `${dayText(milliseconds)}, ${new Date(milliseconds).toISOString().slice(11, 16)} UTC`
}

/** A day as notices name it. */
export function dayText(milliseconds: number): string {
  const form = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const
  return new Date(milliseconds).toLocaleDateString('en-GB', form)
}
