/**
 * Generations of the index: how a new search parameter comes to be written for every resource while all processes go on
 * writing.
 *
 * A parameter is registered by a transaction that gives `search_index` the next generation. Each statement that writes the
 * row of a resource compares the generation of the index that the row was made with to the one in `search_index`, and
 * fails where they differ; its process loads the index again and repeats it. What was stored before is indexed again
 * afterwards, from what a snapshot shows. No resource is missed, for
 *
 * 1. a statement that sees the new generation writes rows of the new generation, or fails;
 * 2. a statement that sees the old one has a snapshot from before the new one was committed. To read `search_index` its
 *    transaction took a lock on that table (AccessShareLock), which PostgreSQL takes before the snapshot that the
 *    statement runs with, and holds until the transaction has ended, that is, after what it wrote became visible;
 * 3. `writersBefore` is asked after the commit. All transactions of (2) that have not ended hold that lock then, and are
 *    found by it. Nothing but writes reads the table for longer than an instant, so that no reader, however long it runs,
 *    is waited for;
 * 4. indexing begins when all of these have ended: its snapshots show whatever they wrote, and everybody else is of (1).
 *
 * Neither xmin nor xid alone would do: between the end of its statement and the end of its commit a transaction shows no
 * xmin, and its xid may be younger than the new generation although its snapshot is older.
 *
 * Indexing again is itself such a writer, so that an older job that was thought dead cannot overwrite newer rows.
 */
import { OutcomeError } from '../fhir/outcome.ts'
import { raw, type Sql, sql } from '../sql.ts'
import type { Db } from './database.ts'

/** The index has changed since the rows to be written were made: to be made and written again, with the index of now. */
export class StaleIndexError extends OutcomeError {
  constructor() {
    super('contention')
  }
}

/** The key; evaluating it fails unless `generation` is that of the database. For the statement that writes the row. */
export function keyOfGeneration(key: bigint, generation: number): Sql {
  return sql`case when (select generation from search_index) = ${generation}::int then ${key}::bigint else stale_index() end`
}

/** Fails unless all of `generations` are the database's. What the transaction writes afterwards is of that generation. */
export async function checkGenerations(tx: Db, generations: Iterable<number>): Promise<void> {
  const distinct = [...new Set(generations)]
  if (distinct.length > 0) await tx.query(checkOf(sql`${distinct}`))
}

/** The same as a statement without parameters, to be sent together with what is written. */
export function generationCheck(generations: Iterable<number>): Sql {
  return checkOf(raw(`'{${[...new Set(generations)].map(Math.trunc).join()}}'`))
}

function checkOf(generations: Sql): Sql {
  return sql`select case when (select generation from search_index) = all (${generations}::int[]) then 0 else stale_index() end`
}

/** The transactions that may still write rows of an earlier generation. */
export async function writersBefore(db: Db): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(sql`
    select distinct virtualtransaction as name from pg_locks where ${isOnIndex} and pid <> pg_backend_pid()`)
  return rows.map((row) => row.name)
}

/** Those of `writers` that have not ended. */
export async function stillWriting(db: Db, writers: readonly string[]): Promise<readonly string[]> {
  const now = new Set(await writersBefore(db))
  return writers.filter((writer) => now.has(writer))
}

const isOnIndex = sql`locktype = 'relation' and relation = 'search_index'::regclass
  and database = (select oid from pg_database where datname = current_database())`
