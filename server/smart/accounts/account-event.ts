/** What happens to accounts, for whoever keeps the audit log. */
import type { Db } from '../../store/database.ts'

export type AccountEventKind =
  | 'registered'
  | 'address-verified'
  | 'address-change-requested'
  | 'address-changed'
  | 'name-changed'
  | 'password-changed'
  | 'password-reset-requested'
  | 'password-reset'
  | 'second-factor-added'
  | 'second-factor-removed'
  | 'second-factor-refused'
  | 'backup-codes-made'
  | 'backup-code-used'
  | 'passkey-added'
  | 'passkey-removed'
  | 'passkey-refused'
  | 'invited'
  | 'invitation-revoked'
  | 'invitation-used'
  | 'invitation-refused'
  | 'link-requested'
  | 'link-decided'
  | 'terms-accepted'
  | 'proxy-granted'
  | 'proxy-revoked'
  | 'glass-broken'
  | 'glass-closed'
  | 'glass-reviewed'
  | 'signed-in'
  | 'signed-out'
  | 'sign-in-refused'
  | 'sign-in-delayed'
  | 'roles-changed'
  | 'consent-given'
  | 'consent-withdrawn'
  | 'identity-linked'
  | 'identity-unlinked'

export interface AccountEvent {
  readonly kind: AccountEventKind
  /** The number of the account that it happened to. */
  readonly account?: string
  /** Who did it, where it was somebody else: the number of an account, or the id of a client. */
  readonly by?: string
  /** The patient that it is about. */
  readonly patient?: string
  /** The id of the app that it is about. */
  readonly client?: string
  /** The network address that the request came from. */
  readonly address?: string
  /** Never a secret. */
  readonly detail?: string
}

/** For who keeps no audit log. */
export const unrecorded: Audit = async () => {}

/** Records an event, in the transaction that it is part of where `db` is one. */
export type Audit = (db: Db, event: AccountEvent) => Promise<void>
