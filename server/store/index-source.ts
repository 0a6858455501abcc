/** The index as this process knows it: loaded again when another process, or this one, has changed it. */
import type { IndexState, SearchIndexes } from '../fhir/search/search-indexes.ts'
import type { Db } from './database.ts'
import { indexVersion, readIndexState } from './search-parameters.ts'

export interface IndexSource {
  /** The latest that is known. */
  readonly current: SearchIndexes
  /** One of another version than this: what the database says now. */
  after(version: number): Promise<SearchIndexes>
  close(): Promise<void>
}

/** Milliseconds between two looks at the version: a change is known everywhere within a second. */
const interval = 300

/** A look that finds a change, but the database says the same as before, happens only while the change is committed. */
const mostLoads = 5

export async function openIndexSource(db: Db, make: (state: IndexState) => SearchIndexes): Promise<IndexSource> {
  let current = make(await readIndexState(db))
  let looking: Promise<void> | undefined

  const load = async () => {
    const state = await readIndexState(db)
    if (state.version > current.version) current = make(state)
  }
  const look = async () => {
    if ((await indexVersion(db)) !== current.version) await load()
  }
  const timer = setInterval(() => {
    // A database that cannot be reached says so to those who ask for something.
    looking ??= look()
      .catch(() => {})
      .finally(() => {
        looking = undefined
      })
  }, interval)
  timer.unref()

  return {
    get current() {
      return current
    },
    after: async (version) => {
      for (let loads = 0; current.version <= version && loads < mostLoads; loads++) await load()
      return current
    },
    close: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
