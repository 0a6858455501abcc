/** Long work in one process with requests that want to be answered. */
import { setImmediate as breathe } from 'node:timers/promises'

/** Milliseconds of work after which others get their turn. */
const turn = 5

/** To be called between two pieces of work: lets others have their turn from time to time; throws when told to stop. */
export function takeTurns(signal: AbortSignal): () => Promise<void> {
  let began = performance.now()
  return async () => {
    signal.throwIfAborted()
    if (performance.now() - began < turn) return
    await breathe()
    signal.throwIfAborted()
    began = performance.now()
  }
}
