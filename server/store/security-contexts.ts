/** What decides who may see Binaries, as it is stored: see access/security-context.ts. */
import { type Predicate, predicateSql } from '../access/predicate.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import type { Db } from './database.ts'

/**
 * The security contexts of Binaries with these keys, whoever may see them, each once: those of the current versions, or of
 * all versions. A Binary without a current version has those of its former ones. Each is a Binary with a `securityContext`
 * alone.
 */
export async function securityContexts(
  db: Db,
  keys: readonly bigint[],
  versions: 'current' | 'all',
): Promise<readonly JsonObject[]> {
  const wanted = sql`any (${arrayText(keys)}::bigint[])`
  const current = sql`select content from ${tableOf('Binary')} where pk = ${wanted}`
  const former = sql`
    select content from history h where pk = ${wanted} and content is not null
    ${versions === 'all' ? sql`` : sql`and not exists (select from ${tableOf('Binary')} r where r.pk = h.pk)`}`
  const rows = await db.query<{ context: string }>(sql`
    select distinct (content::jsonb -> 'securityContext')::text as context
    from (${current} union all ${former}) versions where content::jsonb ? 'securityContext'`)
  return rows.map(({ context }) => parseStored(`{"securityContext":${context}}`))
}

/** The content of a resource that a predicate holds of; undefined where there is none. */
export async function contentWhere(
  db: Db,
  type: string,
  key: bigint,
  predicate: Predicate,
): Promise<string | undefined> {
  if (predicate.kind === 'none') return undefined
  const rows = await db.query<{ content: string }>(sql`
    select content from ${tableOf(type)} r where pk = ${key} and ${predicateSql(predicate, raw('r'))}`)
  return rows[0]?.content
}
