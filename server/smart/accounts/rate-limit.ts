/**
 * How often something may be done. None of these keeps a person out because of what somebody else does: what is counted is
 * done from a network, or by an account.
 */
import { createHash } from 'node:crypto'
import { countUse } from '../../store/accounts/rate-limits.ts'
import type { Database } from '../../store/database.ts'

interface Limit {
  readonly most: number
  /** Milliseconds. */
  readonly period: number
}

const hour = 3_600_000

/** Many people may share a network. */
const limits = {
  register: { most: 20, period: hour },
  'register-client': { most: 30, period: hour },
  'forgotten-here': { most: 5, period: hour },
  'forgotten-network': { most: 30, period: hour },
  /** The mails that one login is sent, on requests from networks that it has not signed in from. */
  'forgotten-mail': { most: 20, period: 24 * hour },
  'resend-mail': { most: 5, period: hour },
  /** Of a session that is open. */
  'second-factor': { most: 10, period: hour },
  passkey: { most: 300, period: hour },
  'password-check': { most: 10, period: hour },
  'change-address': { most: 5, period: hour },
  'change-name': { most: 10, period: hour },
  'invitation-account': { most: 10, period: hour },
  'invitation-network': { most: 60, period: hour },
  'attempts-mail': { most: 1, period: 24 * hour },
  'link-request': { most: 5, period: 24 * hour },
} as const satisfies Record<string, Limit>

export type LimitKind = keyof typeof limits

export interface LimitPowers {
  readonly database: Database
  readonly now: () => number
}

/** Counts one more, and answers the seconds to wait before it may be done: 0 where it may be done now. */
export async function secondsToWait(
  { database, now }: LimitPowers,
  kind: LimitKind,
  ...parts: readonly string[]
): Promise<number> {
  const { most, period } = limits[kind]
  const time = now()
  const { count, ends } = await countUse(database, limitKey(kind, parts), period, time)
  return count <= most ? 0 : Math.max(1, Math.ceil((ends - time) / 1000))
}

/** Nothing of it can be read back without guessing it. */
function limitKey(kind: LimitKind, parts: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(['limit', kind, ...parts]))
    .digest()
}
