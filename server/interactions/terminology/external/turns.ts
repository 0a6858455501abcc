/** So many at once; others wait for their turn. */

export interface Turns {
  /** What ends the turn; undefined where it did not come before the signal. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>
}

export function createTurns(most: number): Turns {
  const waiting = new Set<() => void>()
  let free = most

  const end = () => {
    const [next] = waiting
    if (!next) free++
    else {
      waiting.delete(next)
      next()
    }
  }
  return {
    take: async (signal) => {
      if (signal.aborted) return undefined
      if (free > 0) {
        free--
        return end
      }
      return new Promise((resolve) => {
        const begin = () => resolve(end)
        waiting.add(begin)
        signal.addEventListener('abort', () => waiting.delete(begin) && resolve(undefined), { once: true })
      })
    },
  }
}
