import type { Context } from '../../context.ts'

/** What an import uses besides. */
export interface ImportContext extends Context {
  /** Called now and then: see `heapKeeper`. */
  readonly keepHeap: () => void
}
