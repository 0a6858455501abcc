/** The thread of a lane: stores the parcels that it is sent. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Config } from '../../config.ts'
import { openCore } from '../../main.ts'
import { heapKeeper } from './heap.ts'
import type { Delivery, Steps } from './lane.ts'
import type { Answer, Order } from './lane-thread.ts'
import { storeParcel } from './store-parcel.ts'

const port = parentPort!
const answer = (message: Answer) => port.postMessage(message)

let goOn: (allowed: boolean) => void = () => {}
const ask = (message: Answer) =>
  new Promise<boolean>((resolve) => {
    goOn = resolve
    answer(message)
  })
const steps: Steps = {
  mayStore: async (names) => {
    await ask({ answer: 'parsed', names })
  },
  mayCommit: () => ask({ answer: 'written' }),
}

const core = await openCore(workerData as Config)
const context = { ...core.context, keepHeap: heapKeeper() }

async function store(delivery: Delivery): Promise<void> {
  try {
    answer({ answer: 'done', result: await storeParcel(delivery, steps, context) })
  } catch (error) {
    answer({ answer: 'failed', error: error instanceof Error ? error : new Error(String(error)) })
  }
}

async function close(): Promise<void> {
  await core.close()
  port.close()
}

port.on('message', (order: Order) => {
  if (order.order === 'store') void store(order.delivery)
  else if (order.order === 'close') void close()
  else goOn(order.allowed)
})
