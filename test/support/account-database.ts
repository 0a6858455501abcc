/** A migrated database without a server, for tests of what belongs to accounts. */

import type { AccountEvent, Audit } from '../../server/smart/accounts/account-event.ts'
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
