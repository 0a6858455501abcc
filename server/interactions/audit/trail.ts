/**
 * The audit trail of a process. Writes are noted in their own transaction; all else is collected for some milliseconds and
 * written with one statement. AuditEvents are made of it when somebody asks for them, or when there is little else to do.
 */
import type { AuditRecord } from '../../fhir/audit/record.ts'
import { addToJournal } from '../../store/audit.ts'
import type { Db } from '../../store/database.ts'
import { openCollector } from './collector.ts'
import { startSweeper } from './sweeper.ts'

export interface AuditTrail {
  /** Notes what is no write. Throws where too much is waiting, since the database takes nothing. */
  note(record: AuditRecord): void
  /** Everything noted by now is written to the journal, once this resolves. */
  flush(): Promise<void>
  /**
   * Everything noted by now has become AuditEvents, once this resolves; or as much as is possible in so many
   * milliseconds: it answers the time from which the others are, and they are made at once, however busy the process is.
   */
  settle(limit?: number): Promise<number | undefined>
  /** Writes the rest. */
  close(): Promise<void>
}

export interface TrailOptions {
  readonly db: Db
  /** Makes AuditEvents of some of the journal; answers whether there may be more. */
  readonly sweep: (wait: boolean) => Promise<boolean>
  readonly warn: (error: unknown) => void
}

export function openTrail({ db, sweep, warn }: TrailOptions): AuditTrail {
  const collector = openCollector({ write: (text) => addToJournal(db, text), warn })
  const sweeper = startSweeper({ db, sweep, warn })
  return {
    note: collector.add,
    flush: collector.flush,
    settle: async (limit = Number.POSITIVE_INFINITY) => {
      await collector.flush()
      return sweeper.settle(limit)
    },
    close: async () => {
      await sweeper.close()
      await collector.close()
    },
  }
}
