/** Notices of a server: where they are put, who sends them, and how an administrator reads them. */
import type { Background } from '../interactions/background.ts'
import type { Sealer } from '../sealing.ts'
import type { Database, Db } from '../store/database.ts'
import { type OutboxPowers, queueNotice, type ReadableEntry, readOutbox } from './outbox.ts'
import { openSmtp } from './smtp.ts'
import type { Notice } from './templates.ts'
import { watchOutbox } from './watch-outbox.ts'

export interface NoticeSettings {
  readonly publicUrl: string
  /** Without it notices stay in the outbox, where an administrator reads them. */
  readonly smtpUrl: string | undefined
  readonly mailFrom: string | undefined
  /** Who writes. */
  readonly practiceName: string
}

export interface Notices {
  /** Stores a notice to be sent, in the transaction that `db` is. */
  readonly notify: (db: Db, address: string, notice: Notice) => Promise<void>
  /** The newest ones, with what they say as long as they are not sent. */
  readonly read: (which: Parameters<typeof readOutbox>[1]) => Promise<readonly ReadableEntry[]>
  readonly outbox: OutboxPowers
  close(): void
}

export function openNotices(
  { publicUrl, smtpUrl, mailFrom, practiceName: sender }: NoticeSettings,
  powers: {
    readonly database: Database
    readonly sealer: Sealer
    readonly now: () => number
    readonly background: Background
  },
): Notices {
  const { database, sealer, now, background } = powers
  const host = new URL(publicUrl).hostname
  const outbox: OutboxPowers = { db: database, sealer, now, sender, host }
  const smtp =
    smtpUrl === undefined
      ? undefined
      : openSmtp({ url: smtpUrl, from: { name: sender, address: mailFrom ?? `no-reply@${host}` } })
  const watch = smtp && watchOutbox(background, outbox, smtp.send)
  return {
    notify: (db, address, notice) => queueNotice({ sealer, now }, db, address, notice),
    read: (which) => readOutbox(outbox, which),
    outbox,
    close: () => {
      watch?.stop()
      smtp?.close()
    },
  }
}
