/**
 * Reads that wait at the same moment become one statement: a connection and its two system calls are what a read by key
 * costs most. Each read still sees all that was committed before it was asked for, as its statement begins later.
 */
import { type Access, reachOf } from '../access/access.ts'
import { shown } from '../access/hidden.ts'
import { type Predicate, predicateSql, predicateText } from '../access/predicate.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { join, raw, type Sql, sql } from '../sql.ts'
import { batcher } from './batcher.ts'
import type { Db } from './database.ts'
import type { StoredVersion } from './store.ts'

export type ReadVersion = (access: Access, type: string, key: bigint) => Promise<StoredVersion | undefined>

const limits = { atOnce: 2, items: 100 }

interface Asked {
  readonly access: Access
  readonly key: bigint
}

type Read = (asked: Asked) => Promise<StoredVersion | undefined>

/** Reads current versions; those of one type together, whoever asks. */
export function batchedReads(db: Db): ReadVersion {
  const queues = new Map<string, Read>()
  return (access, type, key) => {
    let read = queues.get(type)
    if (!read) {
      read = batcher((items) => readAll(db, type, items), limits)
      queues.set(type, read)
    }
    return read({ access, key })
  }
}

/** What is asked for by callers who reach the same. */
interface Group {
  readonly reach: Predicate
  readonly keys: Set<bigint>
}

interface Row {
  /** Which group it was found for: what one caller may see, another may not. */
  readonly part: number
  readonly pk: string
  readonly version: number
  readonly ts: string
  readonly content: string
}

async function readAll(
  db: Db,
  type: string,
  items: readonly Asked[],
): Promise<PromiseFulfilledResult<StoredVersion | undefined>[]> {
  const groups: Group[] = []
  const numbers = new Map<string, number>()
  const parts = items.map(({ access, key }) => {
    const reach = reachOf(access, type)
    const name = predicateText(reach)
    const part = numbers.get(name) ?? groups.push({ reach, keys: new Set() }) - 1
    numbers.set(name, part)
    groups[part]!.keys.add(key)
    return part
  })
  const statements = groups.map((group, part) => groupSql(type, group, part))
  const rows = await db.query<Row>(join(statements, ' union all '))
  const found = new Map(rows.map((row) => [`${row.part} ${row.pk}`, row]))
  return items.map(({ access, key }, i) => {
    const row = found.get(`${parts[i]} ${key}`)
    return {
      status: 'fulfilled',
      value: row && { version: row.version, ts: Number(row.ts), content: shown(access, type, row.content) },
    }
  })
}

function groupSql(type: string, { reach, keys }: Group, part: number): Sql {
  const wanted = [...keys]
  const condition = wanted.length === 1 ? sql`pk = ${wanted[0]}` : sql`pk = any (${arrayText(wanted)}::bigint[])`
  return sql`
    select ${raw(String(part))} as part, pk, version, ts, content from ${tableOf(type)} r
    where ${condition} and ${predicateSql(reach, raw('r'))}`
}
