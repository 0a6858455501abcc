/** The index as this process knows it: loaded again when another process, or this one, has changed it. */
import type { IndexState, SearchIndexes } from '../fhir/search/search-indexes.ts'
import type { Db } from './database.ts'
import { type Remembered, remember } from './remembered.ts'
import { indexVersion, readIndexState } from './search-parameters.ts'

export interface IndexSource extends Pick<Remembered<SearchIndexes>, 'current' | 'refresh' | 'close'> {
  /** One of another version than this, as the database has it now. */
  after(version: number): Promise<SearchIndexes>
}

export async function openIndexSource(db: Db, make: (state: IndexState) => SearchIndexes): Promise<IndexSource> {
  const remembered = await remember({
    load: async () => make(await readIndexState(db)),
    isCurrent: async ({ version }) => (await indexVersion(db)) === version,
    now: Date.now,
  })
  return {
    get current() {
      return remembered.current
    },
    refresh: remembered.refresh,
    after: async (version) => (remembered.current.version > version ? remembered.current : remembered.refresh()),
    close: remembered.close,
  }
}
