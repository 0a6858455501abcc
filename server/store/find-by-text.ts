/** Finds resources by what their stored JSON contains: for what no index tells. */
import { type Access, visible } from '../access/access.ts'
import { tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import type { Db } from './database.ts'
import { mostPageText } from './text-limit.ts'

/** So many rows are read by one statement, whatever they contain. */
const batch = 1_000

/** Below all keys. */
const least = '-9223372036854775808'

/** The stored JSON of all resources of a type that contain one of the texts. */
export async function* contentsWith(
  db: Db,
  access: Access,
  type: string,
  texts: readonly string[],
): AsyncGenerator<string> {
  const patterns = texts.map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`)
  for (let after = least; ; ) {
    const rows = await db.query<{ pk: string; content: string | null }>(
      sql`
        select pk, case when content like any (${patterns}::text[]) then content end as content from (
          select pk, content from ${tableOf(type)} r
          where pk > ${after}::bigint and ${visible(access, type, raw('r'))} order by pk limit ${batch}
        ) r order by pk`,
      { mostText: mostPageText },
    )
    for (const { content } of rows) if (content !== null) yield content
    if (rows.length < batch) return
    after = rows.at(-1)!.pk
  }
}
