/** A lane that is a thread: messages go to and fro for each parcel. */
import { Worker } from 'node:worker_threads'
import type { Config } from '../../config.ts'
import type { Delivery, Lane, ParcelResult, Steps } from './lane.ts'

/** What the thread is told. */
export type Order =
  | { readonly order: 'store'; readonly delivery: Delivery }
  | { readonly order: 'go on'; readonly allowed: boolean }
  | { readonly order: 'close' }

/** What the thread answers. */
export type Answer =
  | { readonly answer: 'parsed'; readonly names: readonly string[] }
  | { readonly answer: 'written' }
  | { readonly answer: 'done'; readonly result: ParcelResult }
  | { readonly answer: 'failed'; readonly error: Error }

/** Megabytes for what was just made. Left alone, each thread takes some 70 more, for no less work of the collector. */
const youngHeap = 24

/** Starts a thread that has connections of its own to the database at `config.databaseUrl`. */
export function laneThread(config: Config): Lane {
  const worker = new Worker(new URL('./lane-worker.ts', import.meta.url), {
    workerData: config,
    resourceLimits: { maxYoungGenerationSizeMb: youngHeap },
  })
  const order = (message: Order, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer)
  const ended = Promise.withResolvers<never>()
  // What nobody waits for when the thread ends does not end the process.
  ended.promise.catch(() => {})
  worker.on('error', ended.reject)
  const exit = new Promise<void>((resolve) => worker.on('exit', resolve))
  void exit.then(() => ended.reject(new Error('A thread of the import ended before its work.')))
  return {
    store: (delivery, steps) => {
      const done = Promise.withResolvers<ParcelResult>()
      const hear = (answer: Answer) =>
        void respond(answer, steps, order).then((result) => result && done.resolve(result), done.reject)
      worker.on('message', hear)
      order({ order: 'store', delivery }, [delivery.text.bytes.buffer])
      return Promise.race([done.promise, ended.promise]).finally(() => worker.off('message', hear))
    },
    close: async () => {
      order({ order: 'close' })
      await exit
    },
  }
}

/** Says what the thread waits for; the result when it is done. */
async function respond(
  answer: Answer,
  steps: Steps,
  order: (message: Order) => void,
): Promise<ParcelResult | undefined> {
  switch (answer.answer) {
    case 'parsed':
      await steps.mayStore(answer.names)
      order({ order: 'go on', allowed: true })
      return undefined
    case 'written':
      order({ order: 'go on', allowed: await steps.mayCommit() })
      return undefined
    case 'done':
      return answer.result
    case 'failed':
      throw answer.error
  }
}
