/**
 * The audit trail of a process. Writes are noted in their own transaction; all else is collected for some milliseconds and
 * written with one statement. AuditEvents are made of it when somebody asks for them, or when there is little else to do.
 */
import { performance } from 'node:perf_hooks'
import { type AuditRecord, packRecords } from '../../fhir/audit/record.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { addToJournal } from '../../store/audit.ts'
import type { Db } from '../../store/database.ts'

export interface AuditTrail {
  /** Notes what is no write. Throws where too much is waiting, since the database takes nothing. */
  note(record: AuditRecord): void
  /** Everything noted by now is written to the journal, once this resolves. */
  flush(): Promise<void>
  /** Everything in the journal has become AuditEvents, once this resolves. */
  settle(): Promise<void>
  /** Writes the rest. */
  close(): Promise<void>
}

export interface TrailOptions {
  readonly db: Db
  /** Makes AuditEvents of some of the journal; answers whether there may be more. */
  readonly sweep: (wait: boolean) => Promise<boolean>
  readonly warn: (error: unknown) => void
}

/** Milliseconds that a record waits for others. */
const interval = 25
/** Records that are written as one row. */
const mostTogether = 500
/** Records that may wait while the database does not answer: beyond, nothing is read that could not be told. */
const mostWaiting = 50_000
/** Milliseconds between two looks at whether there is time for AuditEvents. */
const pause = 1000
/** The part of its time in which the process may be busy while it makes AuditEvents. */
const calm = 0.4

export function openTrail({ db, sweep, warn }: TrailOptions): AuditTrail {
  let waiting: AuditRecord[] = []
  let flushing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const write = async () => {
    while (waiting.length > 0) {
      const together = waiting.slice(0, mostTogether)
      await addToJournal(db, packRecords(together))
      waiting = waiting.slice(together.length)
    }
  }
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // What was noted while another flush was under way may have missed it.
    if (flushing) await flushing.catch(() => {})
    if (waiting.length === 0) return
    flushing ??= write().finally(() => {
      flushing = undefined
      if (waiting.length > 0 && !closed) plan(pause)
    })
    await flushing
  }
  const plan = (milliseconds: number) => {
    timer ??= setTimeout(() => {
      timer = undefined
      flush().catch(warn)
    }, milliseconds)
  }
  const sweeper = startSweeper(sweep, warn)

  return {
    note: (record) => {
      if (waiting.length >= mostWaiting) throw new OutcomeError('unavailable')
      waiting.push(record)
      if (!closed) plan(interval)
    },
    flush,
    settle: async () => {
      await flush()
      while (await sweep(true));
    },
    close: async () => {
      closed = true
      await sweeper.close()
      await flush()
    },
  }
}

/** Makes AuditEvents while the process has little else to do. */
function startSweeper(sweep: TrailOptions['sweep'], warn: TrailOptions['warn']) {
  let before = performance.eventLoopUtilization()
  let running: Promise<void> | undefined
  let stopped = false
  const isCalm = () => {
    const { utilization } = performance.eventLoopUtilization(before)
    before = performance.eventLoopUtilization()
    return utilization < calm
  }
  const work = async () => {
    while (!stopped && (await sweep(false)) && isCalm());
  }
  const timer = setInterval(() => {
    if (!isCalm()) return
    running ??= work()
      .catch(warn)
      .finally(() => {
        running = undefined
      })
  }, pause)
  timer.unref()
  return {
    close: async () => {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
