/** What is noted waits some milliseconds for more of its kind, and is written with one statement. */
import { type AuditRecord, addRecord, type Packing, packedText, packing } from '../../fhir/audit/record.ts'
import { OutcomeError } from '../../fhir/outcome.ts'

export interface Collector {
  /** Throws where too much is waiting, since the database takes nothing. */
  add(record: AuditRecord): void
  /** Everything added by now is written, once this resolves. */
  flush(): Promise<void>
  /** Writes the rest. */
  close(): Promise<void>
}

export interface CollectorOptions {
  /** Writes some records as one row. */
  readonly write: (text: string) => Promise<void>
  readonly warn: (error: unknown) => void
}

/** Milliseconds that a record waits for others. */
const interval = 25
/** Milliseconds before writing is tried again. */
const pause = 1000
/** Records that are written as one row. */
const mostTogether = 1000
/** Records that may wait while the database does not answer: beyond, nothing is read that could not be told. */
const mostWaiting = 50_000

export function openCollector({ write, warn }: CollectorOptions): Collector {
  let collecting = packing()
  /** What is complete, and the number of records in it. */
  const waiting: { readonly text: string; readonly events: number }[] = []
  let waitingEvents = 0
  let flushing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const complete = () => {
    if (collecting.events === 0) return
    waiting.push({ text: packedText(collecting), events: collecting.events })
    waitingEvents += collecting.events
    collecting = emptied(collecting)
  }
  /** What comes meanwhile waits for the next time: there would be no end of small rows. */
  const writeWaiting = async () => {
    complete()
    for (let left = waiting.length; left > 0; left--) {
      const [{ text, events }] = waiting as [(typeof waiting)[number]]
      await write(text)
      waiting.shift()
      waitingEvents -= events
    }
  }
  const plan = (milliseconds: number) => {
    if (closed) return
    timer = setTimeout(() => {
      flush().catch(warn)
    }, milliseconds)
  }
  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // What was added while another flush was under way may have missed it.
    if (flushing) await flushing.catch(() => {})
    if (waiting.length === 0 && collecting.events === 0) return
    flushing ??= writeWaiting().finally(() => {
      flushing = undefined
      if (waiting.length === 0) return
      clearTimeout(timer)
      plan(pause)
    })
    await flushing
  }

  return {
    add: (record) => {
      if (waitingEvents >= mostWaiting) throw new OutcomeError('unavailable')
      addRecord(collecting, record)
      if (collecting.events === mostTogether) complete()
      if (timer === undefined) plan(interval)
    },
    flush,
    close: async () => {
      closed = true
      await flush()
    },
  }
}

/** The same memory, which nothing refers to any more. */
function emptied({ bytes }: Packing): Packing {
  return { ...packing(0), bytes }
}
