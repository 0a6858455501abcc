/** The index as this process knows it: loaded again when another process, or this one, has changed it. */
import type { IndexState, SearchIndexes } from '../fhir/search/search-indexes.ts'
import type { Db } from './database.ts'
import { indexVersion, readIndexState } from './search-parameters.ts'

export interface IndexSource {
  /** The latest that is known. */
  readonly current: SearchIndexes
  /** One of another version than this, as the database has it now. */
  after(version: number): Promise<SearchIndexes>
  /** What the database has now. */
  refresh(): Promise<SearchIndexes>
  close(): Promise<void>
}

/** Milliseconds between two looks at the version: a change is known everywhere within a second. */
const interval = 300

/** Of those who wait for another version the first loads it; the load that one finds under way may be too old. */
const mostLoads = 3

export async function openIndexSource(db: Db, make: (state: IndexState) => SearchIndexes): Promise<IndexSource> {
  let current = make(await readIndexState(db))
  let looking: Promise<void> | undefined
  let loading: Promise<void> | undefined

  const load = async () => {
    const state = await readIndexState(db)
    if (state.version > current.version) current = make(state)
  }
  const loadOnce = () => {
    loading ??= load().finally(() => {
      loading = undefined
    })
    return loading
  }
  const look = async () => {
    if ((await indexVersion(db)) !== current.version) await loadOnce()
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
      for (let loads = 0; current.version <= version && loads < mostLoads; loads++) await loadOnce()
      return current
    },
    refresh: async () => {
      await load()
      return current
    },
    close: async () => {
      clearInterval(timer)
      await looking
    },
  }
}
