/** The custom search parameters of a database, and the bits of all search paths. */
import type { SearchParameter } from '../fhir/definitions.ts'
import { type CustomParameter, definitionText } from '../fhir/search/custom-parameter.ts'
import type { NamedPath } from '../fhir/search/indexing/presence.ts'
import type { IndexState } from '../fhir/search/search-indexes.ts'
import { sql } from '../sql.ts'
import type { Database, Db, Transaction } from './database.ts'

/** Changes of the index, one at a time. */
const lockNumber = 7236453

/** Runs `work` while nobody else changes what is indexed. */
export function changeIndex<T>(database: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    // A statement of its own: what follows sees what the one before committed.
    await tx.query(sql`select pg_advisory_xact_lock(${lockNumber})`)
    return work(tx)
  })
}

export async function indexVersion(db: Db): Promise<number> {
  const rows = await db.query<{ version: number }>(sql`select version from search_index`)
  return rows[0]!.version
}

/** What the database says of its index, in one snapshot. */
export async function readIndexState(db: Db): Promise<IndexState> {
  const rows = await db.query<{
    version: number
    generation: number
    parameters: { state: CustomParameter['state']; definition: string }[] | null
    paths: [type: string, presence: string, bit: number][] | null
  }>(sql`
    select version, generation,
      (select json_agg(json_build_object('state', state, 'definition', definition) order by url, state)
        from search_parameter) as parameters,
      (select json_agg(json_build_array(type, presence, bit)) from search_path) as paths
    from search_index`)
  const { version, generation, parameters, paths } = rows[0]!
  const presenceBits = new Map<string, Map<string, number>>()
  for (const [type, presence, bit] of paths ?? []) {
    const known = presenceBits.get(type) ?? new Map<string, number>()
    presenceBits.set(type, known.set(presence, bit))
  }
  return {
    version,
    generation,
    custom: (parameters ?? []).map(({ state, definition }) => ({
      ...(JSON.parse(definition) as SearchParameter),
      state,
    })),
    presenceBits,
  }
}

/** Gives bits to the paths that have none. A path keeps its bit for ever: no other ever gets it. */
export async function givePresenceBits(database: Database, paths: readonly NamedPath[]): Promise<void> {
  if ((await missingBits(database, paths)).length > 0) await changeIndex(database, (tx) => addPresenceBits(tx, paths))
}

/** The same inside `changeIndex`. */
export async function addPresenceBits(tx: Transaction, paths: readonly NamedPath[]): Promise<void> {
  const missing = await missingBits(tx, paths)
  if (missing.length === 0) return
  await tx.query(sql`
    insert into search_path (type, presence, bit)
    select w.type, w.presence, coalesce((select max(bit) from search_path p where p.type = w.type), -1)
      + row_number() over (partition by w.type order by w.place)
    from unnest(${missing.map((p) => p.type)}::text[], ${missing.map((p) => p.presence)}::text[])
      with ordinality as w (type, presence, place)`)
}

async function missingBits(db: Db, paths: readonly NamedPath[]): Promise<readonly NamedPath[]> {
  return db.query<NamedPath>(sql`
    select w.type, w.presence
    from unnest(${paths.map((p) => p.type)}::text[], ${paths.map((p) => p.presence)}::text[])
      with ordinality as w (type, presence, place)
    where not exists (select from search_path p where p.type = w.type and p.presence = w.presence)
    group by w.type, w.presence order by min(w.place)`)
}

/** Registers parameters for a job that indexes for them. Inside `changeIndex`. */
export async function addBuilding(tx: Transaction, parameters: readonly SearchParameter[], job: string): Promise<void> {
  await tx.query(sql`
    insert into search_parameter (url, state, definition, job)
    select url, 'building', definition, ${job}::bigint
    from unnest(${parameters.map((p) => p.url)}::text[], ${parameters.map(definitionText)}::text[]) p (url, definition)
    on conflict (url, state) do update set definition = excluded.definition, job = excluded.job`)
}

/** From now on nobody searches by those that are `gone`, and those that are `dropped` are not built. Inside `changeIndex`. */
export async function removeParameters(
  tx: Transaction,
  gone: readonly string[],
  dropped: readonly string[],
): Promise<void> {
  await tx.query(sql`
    delete from search_parameter
    where url = any (${gone}::text[]) or (state = 'building' and url = any (${dropped}::text[]))`)
}

/** A parameter that a job was to make usable is not written any more; its other ones become the job `next`'s. */
export async function withdrawParameter(tx: Transaction, url: string, job: string, next: string): Promise<void> {
  await tx.query(sql`
    delete from search_parameter where url = ${url} and state = 'building' and job = ${job}::bigint`)
  await tx.query(sql`
    update search_parameter set job = ${next}::bigint where state = 'building' and job = ${job}::bigint`)
}

/** Makes everybody load the index again, and refuses rows of the present generation where `what` is to be written. */
export async function nextVersion(tx: Transaction, changed: 'what is written' | 'what is searched'): Promise<void> {
  const step = changed === 'what is written' ? 1 : 0
  await tx.query(sql`update search_index set version = version + 1, generation = generation + ${step}::int`)
}

/** The parameters of a job can be searched from now on. Answers the URLs whose earlier definition they replace. */
export async function activate(tx: Transaction, job: string): Promise<readonly string[]> {
  const replaced = await tx.query<{ url: string }>(sql`
    delete from search_parameter a using search_parameter b
    where a.state = 'active' and b.state = 'building' and b.job = ${job}::bigint and a.url = b.url returning a.url`)
  await tx.query(sql`
    update search_parameter set state = 'active' where state = 'building' and job = ${job}::bigint`)
  return replaced.map((row) => row.url)
}
