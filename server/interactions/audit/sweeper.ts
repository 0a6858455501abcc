/** When AuditEvents are made: while the process has little else to do, or because somebody asks for them. */
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { newestOfJournal, oldestOfJournal } from '../../store/audit.ts'
import type { TrailOptions } from './trail.ts'

export interface Sweeper {
  /** As that of the trail, for what is in the journal. */
  settle(limit: number): Promise<number | undefined>
  close(): Promise<void>
}

/** Milliseconds between two looks at whether there is time. */
const pause = 1000
/** The part of its time in which the process may be busy while it makes AuditEvents. */
const calm = 0.4

export function startSweeper({ db, sweep, warn }: TrailOptions): Sweeper {
  let before = performance.eventLoopUtilization()
  let sweeping: Promise<boolean> | undefined
  let running: Promise<void> | undefined
  /** Somebody asked for all up to this row of the journal. */
  let wanted = 0
  let stopped = false

  // One at a time: each would keep a connection while it waits for the others.
  const sweepOnce = (wait: boolean): Promise<boolean> => {
    sweeping ??= sweep(wait).finally(() => {
      sweeping = undefined
    })
    return sweeping
  }
  const isCalm = () => {
    const { utilization } = performance.eventLoopUtilization(before)
    before = performance.eventLoopUtilization()
    return utilization < calm
  }
  /** The oldest row up to that one that is in the journal still. */
  const leftUpTo = async (number: number) => {
    const oldest = await oldestOfJournal(db)
    return oldest && oldest.number <= number ? oldest : undefined
  }
  const work = async () => {
    let more = true
    while (more && !stopped) {
      const isWanted = wanted > 0 && (await leftUpTo(wanted)) !== undefined
      if (!isWanted) wanted = 0
      if (!isWanted && !isCalm()) return
      more = await sweepOnce(isWanted)
    }
  }
  const run = () => {
    running ??= work()
      .catch(warn)
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(run, pause)
  timer.unref()

  return {
    settle: async (limit) => {
      const end = performance.now() + limit
      const newest = await newestOfJournal(db)
      while (newest !== undefined) {
        const left = await leftUpTo(newest)
        if (!left) return undefined
        const rest = end - performance.now()
        if (rest <= 0) {
          wanted = Math.max(wanted, newest)
          run()
          return left.time
        }
        await (rest === Number.POSITIVE_INFINITY ? sweepOnce(true) : Promise.race([sweepOnce(true), delay(rest)]))
      }
      return undefined
    },
    close: async () => {
      stopped = true
      clearInterval(timer)
      await running
      await sweeping?.catch(() => {})
    },
  }
}
