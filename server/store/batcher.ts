/** What is asked for at one moment is done together. */

export interface BatchLimits {
  /** Batches that run at once; what is asked for meanwhile waits for the next. */
  readonly atOnce: number
  /** Items of one batch. */
  readonly items: number
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly done: (result: Result) => void
  readonly failed: (error: unknown) => void
}

/**
 * Collects the items it is called with until the requests that have arrived by now were all looked at, then gives them
 * to `run`, which answers for each in order. Where `run` throws, all items fail.
 */
export function batcher<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
  { atOnce, items }: BatchLimits,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let running = 0
  let scheduled = false

  const schedule = () => {
    if (scheduled || waiting.length === 0 || running >= atOnce) return
    scheduled = true
    setImmediate(start)
  }
  const start = () => {
    scheduled = false
    while (waiting.length > 0 && running < atOnce) {
      running++
      void settle(run, waiting.splice(0, items)).finally(() => {
        running--
        schedule()
      })
    }
  }
  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      schedule()
    })
}

async function settle<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await run(batch.map(({ item }) => item))
    batch.forEach(({ done, failed }, i) => {
      const result = results[i]!
      if (result.status === 'fulfilled') done(result.value)
      else failed(result.reason)
    })
  } catch (error) {
    for (const { failed } of batch) failed(error)
  }
}
