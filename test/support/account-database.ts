/** A migrated database without a server, for tests of what belongs to accounts. */

import { isMailAddress } from '../../server/notices/address.ts'
import type { AccountRecord } from '../../server/smart/accounts/account-directory.ts'
import type { AccountEvent, Audit } from '../../server/smart/accounts/account-event.ts'
import type { AccountNotice } from '../../server/smart/accounts/account-notice.ts'
import { type AccountPowers, accountLinks } from '../../server/smart/accounts/account-powers.ts'
import { storedDirectory } from '../../server/smart/accounts/stored-directory.ts'
import { type Database, openDatabase } from '../../server/store/database.ts'
import { testDatabase } from './test-server.ts'

export interface AccountDatabase {
  readonly database: Database
  close(): Promise<void>
}

export async function accountDatabase(): Promise<AccountDatabase> {
  const { url, drop } = await testDatabase()
  const database = openDatabase(url, { connections: 8 })
  return {
    database,
    close: async () => {
      await database.close()
      await drop()
    },
  }
}

/** A clock that stands still until it is set. */
export function testClock(start = Date.UTC(2026, 0, 5, 9)): {
  now: () => number
  pass: (milliseconds: number) => void
} {
  let time = start
  return {
    now: () => time,
    pass: (milliseconds) => {
      time += milliseconds
    },
  }
}

/** Keeps the events that it is told of. */
export function auditLog(): { readonly events: AccountEvent[]; readonly audit: Audit } {
  const events: AccountEvent[] = []
  return {
    events,
    audit: async (_db, event) => {
      events.push(event)
    },
  }
}

export interface SentNotice extends AccountNotice {
  readonly address: string
}

export interface AccountWorld extends AccountDatabase {
  readonly powers: AccountPowers
  readonly notices: SentNotice[]
  readonly events: AccountEvent[]
  readonly clock: ReturnType<typeof testClock>
  /** Accounts whose grants were revoked. */
  readonly revoked: string[]
}

/** All that accounts need, on a real database; notices and events are kept to be looked at. */
export async function accountWorld(): Promise<AccountWorld> {
  const opened = await accountDatabase()
  return { ...worldOn(opened.database), close: opened.close }
}

/** The same on a database that is open. */
export function worldOn(database: Database): Omit<AccountWorld, 'close'> {
  const clock = testClock()
  const { events, audit } = auditLog()
  const notices: SentNotice[] = []
  const revoked: string[] = []
  const powers: AccountPowers = {
    database,
    directory: storedDirectory({ now: clock.now, revokeGrants: async (_db, account) => revoked.push(account) }),
    now: clock.now,
    notify: async (_db, address, notice) => void notices.push({ address, ...notice }),
    audit,
    links: accountLinks('https://health.example'),
    isAddress: isMailAddress,
  }
  return { database, powers, notices, events, clock, revoked }
}

/** The token of the link of a notice. */
export function tokenOf(notice: SentNotice | undefined): string {
  return new URL(notice!.parameters.link!).searchParams.get('token')!
}

/** An account with a proved address. */
export async function verifiedAccount(
  { powers }: Pick<AccountWorld, 'powers'>,
  username: string,
  changes: Partial<Omit<AccountRecord, 'number'>> = {},
): Promise<string> {
  const account = { username, name: username, email: `${username}@example.org`, emailVerified: true, roles: [] }
  const number = await powers.directory.create(powers.database, { ...account, state: 'active', ...changes })
  return number!
}
