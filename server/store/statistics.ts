/** PostgreSQL's own statistics about terms, read now and then: which are frequent, and how many rows a type has. */

import type { Statistics } from '../fhir/search/page.ts'
import { sql } from '../sql.ts'
import type { Db } from './database.ts'

/** Milliseconds after which statistics are read again, in the background. */
const refreshAfter = 60_000

interface TypeStatistics {
  rows: number
  frequencies: ReadonlyMap<bigint, number>
  readAt: number
}

export interface StatisticsSource {
  /** The statistics for a search on these types, read before where they never were. */
  statistics(types: readonly string[], now: number): Promise<Statistics>
}

export function statisticsSource(db: Db): StatisticsSource {
  const known = new Map<string, TypeStatistics>()
  const reading = new Map<string, Promise<void>>()

  const readType = (type: string, now: number) => {
    const running = reading.get(type)
    if (running) return running
    const work = readStatistics(db, type, now)
      .then((statistics) => void known.set(type, statistics))
      .finally(() => reading.delete(type))
    reading.set(type, work)
    return work
  }

  return {
    statistics: async (types, now) => {
      for (const type of types) {
        const statistics = known.get(type)
        if (!statistics) await readType(type, now)
        // A failure leaves the old statistics: they only choose between plans.
        else if (now - statistics.readAt > refreshAfter) readType(type, now).catch(() => {})
      }
      return {
        rows: (type) => known.get(type)?.rows ?? 0,
        frequency: (type, term) => known.get(type)?.frequencies.get(term),
      }
    },
  }
}

async function readStatistics(db: Db, type: string, now: number): Promise<TypeStatistics> {
  const table = `r_${type.toLowerCase()}`
  const [row] = await db.query<{ rows: number; terms: string | null; shares: number[] | null }>(sql`
    select greatest(c.reltuples, 0)::float8 as rows, s.most_common_elems::text as terms, s.most_common_elem_freqs as shares
    from pg_class c left join pg_stats s on s.schemaname = 'public' and s.tablename = c.relname and s.attname = 'terms'
    where c.oid = ${table}::regclass`)
  const terms = row?.terms ? row.terms.slice(1, -1).split(',').filter(Boolean) : []
  const shares = row?.shares ?? []
  return {
    rows: row?.rows ?? 0,
    frequencies: new Map(terms.map((term, i) => [BigInt(term), shares[i] ?? 0])),
    readAt: now,
  }
}
