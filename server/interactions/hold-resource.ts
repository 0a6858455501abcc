/** Holding one resource against other writers. */
import type { Context } from '../context.ts'
import type { Db } from '../store/database.ts'
import { lockResource } from '../store/lock.ts'
import { withFreshIndex } from './fresh-index.ts'
import { keyOf } from './read.ts'

/** Runs `work` while nobody else writes the resource; inside a transaction Bundle, in its transaction. */
export function holdResource<T>(
  { type, id }: { readonly type: string; readonly id: string },
  context: Context,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const { store } = context
  return withFreshIndex(context, (current) => {
    const locked = async (db: Db) => {
      await lockResource(db, type, keyOf(current, type, id))
      return work({ ...current, store: { ...store, db } })
    }
    return store.db === store.database ? store.database.transaction(locked) : locked(store.db)
  })
}
