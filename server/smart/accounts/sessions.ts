/** Where somebody is signed in, as they see it themselves. Everywhere at once: `signOut` of the directory. */
import { endSession, type SessionAges, sessionsOf } from '../../store/accounts/sessions.ts'
import { sessionId } from '../sign-out/session-id.ts'
import type { AccountPowers } from './account-powers.ts'

/** A session as its owner sees it: nothing of it can be used to sign in. */
export interface OpenSession {
  /** Names it among the sessions of the account. */
  readonly id: string
  readonly created: number
  readonly seen: number
  readonly methods: readonly string[]
  /** The network. */
  readonly address: string
  readonly userAgent: string | null
  readonly isThis: boolean
}

/** The newest first; `current` is the hash of the session that asks. */
export async function openSessions(
  { database, now }: Pick<AccountPowers, 'database' | 'now'>,
  account: string,
  current: Buffer | undefined,
  ages: SessionAges,
): Promise<readonly OpenSession[]> {
  const stored = await sessionsOf(database, account, ages, now())
  return stored.map(({ hash, account: _account, ...session }) => ({
    ...session,
    id: sessionId(hash),
    isThis: current?.equals(hash) ?? false,
  }))
}

/** Ends one of the account's sessions; false where it has no such session. */
export async function endOpenSession(
  { database, now }: Pick<AccountPowers, 'database' | 'now'>,
  account: string,
  id: string,
  ages: SessionAges,
): Promise<boolean> {
  const found = (await sessionsOf(database, account, ages, now())).find(({ hash }) => sessionId(hash) === id)
  if (found) await endSession(database, found.hash)
  return found !== undefined
}
