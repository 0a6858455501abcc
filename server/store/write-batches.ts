/**
 * Creates that wait at the same moment are stored in one transaction: they share its round trip, its statements and its
 * flush to disk. Each is still told of its own success alone: what fails together is tried again one by one.
 */
import type pg from 'pg'
import { OutcomeError } from '../fhir/outcome.ts'
import { batcher } from './batcher.ts'
import { copyIn } from './copy.ts'
import { addAudit, addChange, addResource, addSideRows, collect, copiesOf } from './copy-rows.ts'
import { databaseError } from './database.ts'
import { generationCheck } from './generation.ts'
import { insertVersion } from './resources.ts'
import { storeDictionaries } from './side-rows.ts'
import type { NewVersion, Store } from './store.ts'

const limits = { atOnce: 2, items: 100 }

interface Item {
  readonly store: Store
  readonly version: NewVersion
}

export type CreateVersion = (store: Store, version: NewVersion) => Promise<void>

export function batchedCreates(pool: pg.Pool): CreateVersion {
  const create = batcher((items: readonly Item[]) => storeItems(pool, items), limits)
  return (store, version) => create({ store, version })
}

async function storeItems(pool: pg.Pool, items: readonly Item[]): Promise<PromiseSettledResult<void>[]> {
  if (items.length > 1) {
    try {
      await storeTogether(pool, items)
      return items.map(() => ({ status: 'fulfilled', value: undefined }))
    } catch (error) {
      // Nothing was stored, for certain, only where the server itself has said so.
      if (error instanceof OutcomeError && !['contention', 'too-costly'].includes(error.issues[0]!.code)) throw error
    }
  }
  return Promise.allSettled(items.map(({ store, version }) => insertVersion(store, version)))
}

async function storeTogether(pool: pg.Pool, items: readonly Item[]): Promise<void> {
  const [{ store }] = items as [Item]
  await storeDictionaries(
    store,
    items.map(({ version }) => version),
  )
  const collected = collect(store.typeNumbers)
  for (const { version } of items) {
    addResource(collected, version, 1)
    addSideRows(collected, version)
    addChange(collected, version.type, version.key, 1, 'C', version.ts)
    addAudit(collected, 1, version.audit)
  }
  const client = await pool.connect().catch((error) => {
    throw databaseError(error as Error)
  })
  try {
    const check = generationCheck(items.map(({ version }) => version.generation))
    await copyIn(client, copiesOf(collected), { writes: true, check })
  } finally {
    client.release()
  }
}
