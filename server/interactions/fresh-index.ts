/** Writes whose index rows were made just before the index changed: made again with the index of now. */
import type { Context } from '../context.ts'
import { StaleIndexError } from '../store/generation.ts'

const attempts = 5

/**
 * Runs `work`, which either writes nothing or all it has to; again with the newer index where that had changed. Inside a
 * transaction it is for the one who began that to repeat it.
 */
export async function withFreshIndex<T, C extends Context>(context: C, work: (context: C) => Promise<T>): Promise<T> {
  const { store, indexSource } = context
  let current = context
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(current)
    } catch (error) {
      const repeatable = error instanceof StaleIndexError && store.db === store.database && attempt < attempts
      if (!repeatable) throw error
      current = { ...current, indexes: await indexSource.after(current.indexes.version) }
    }
  }
}
