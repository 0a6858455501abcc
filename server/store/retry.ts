/** Contention between transactions is nobody's fault: the loser tries again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { OutcomeError } from '../fhir/outcome.ts'
import { StaleIndexError } from './generation.ts'

/** Milliseconds before each further try, before they are made irregular. */
const pauses = [10, 40, 160] as const

/** Runs `work`, a whole transaction, again while it fails by contention; gives up with its outcome (409). */
export async function retryContention<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work()
    } catch (error) {
      if (!isContention(error)) throw error
      await sleep(pause * (0.5 + Math.random()))
    }
  }
  return work()
}

export function isContention(error: unknown): boolean {
  // With a stale index the same rows would be refused again.
  if (error instanceof StaleIndexError) return false
  return error instanceof OutcomeError && error.issues[0]?.code === 'contention'
}
