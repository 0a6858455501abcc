/** Finds resources by single terms, many at once: the conditions of bundles. */

import { type Access, visible } from '../access/access.ts'
import { arrayText, tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import type { Db } from './database.ts'

export interface TermMatch {
  readonly id: string
  readonly key: bigint
  readonly version: number
}

/** For each term the resources of `type` that carry it, at most `limit`; terms without any are absent. */
export async function findByTerms(
  db: Db,
  access: Access,
  type: string,
  terms: readonly bigint[],
  limit: number,
): Promise<ReadonlyMap<bigint, readonly TermMatch[]>> {
  // Stored content begins with the type and the id.
  const rows = await db.query<{ term: string; pk: string; version: number; id: string }>(sql`
    select t.term, r.pk, r.version, r.id from unnest(${arrayText(terms)}::bigint[]) as t (term)
    cross join lateral (
      select pk, version, split_part(left(content, 256), '"', 8) as id from ${tableOf(type)} r
      where terms @> array[t.term] and ${visible(access, type, raw('r'))} limit ${limit}
    ) r`)
  const found = new Map<bigint, TermMatch[]>()
  for (const { term, pk, version, id } of rows) {
    const key = BigInt(term)
    found.set(key, [...(found.get(key) ?? []), { id, key: BigInt(pk), version }])
  }
  return found
}
