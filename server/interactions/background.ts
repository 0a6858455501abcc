/** Work that goes on after the request that began it was answered. */

export interface Background {
  /** Begins `work`, unless work of that name is under way: then once more when that has ended. */
  start(name: string, work: (signal: AbortSignal) => Promise<void>): void
  /** Aborted when all work is asked to stop. */
  readonly stopped: AbortSignal
  /** Asks all work to stop, and waits until it has. */
  close(): Promise<void>
}

export function createBackground(onError: (name: string, error: unknown) => void): Background {
  const stop = new AbortController()
  const running = new Map<string, { again: boolean; readonly done: Promise<void> }>()

  const run = async (name: string, work: (signal: AbortSignal) => Promise<void>) => {
    do {
      running.get(name)!.again = false
      await work(stop.signal).catch((error) => onError(name, error))
    } while (running.get(name)!.again && !stop.signal.aborted)
    running.delete(name)
  }

  return {
    stopped: stop.signal,
    start: (name, work) => {
      const known = running.get(name)
      if (known) known.again = true
      else if (!stop.signal.aborted) {
        const done = Promise.resolve().then(() => run(name, work))
        running.set(name, { again: false, done })
      }
    },
    close: async () => {
      stop.abort()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}
