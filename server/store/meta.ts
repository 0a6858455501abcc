/** What the `meta` elements of a type's resources hold. */

import { type Access, visible } from '../access/access.ts'
import { tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import type { Db } from './database.ts'

/** A profile, security label or tag that some resource has, as JSON text. */
export interface MetaItem {
  readonly name: 'profile' | 'security' | 'tag'
  readonly value: string
}

/** The distinct items. `bits` of `present` tell which rows have any; undefined: look into all. */
export function distinctMeta(db: Db, access: Access, type: string, bits: bigint | undefined): Promise<MetaItem[]> {
  const present = bits === undefined ? raw('true') : sql`r.present & ${bits} <> 0`
  return db.query<MetaItem>(sql`
    select distinct item.name, item.value
    from (select content::json->'meta' as meta from ${tableOf(type)} r
      where ${present} and ${visible(access, type, raw('r'))} offset 0) m
    cross join lateral (
      select 'profile' as name, json_array_elements(m.meta->'profile')::text as value
      union all select 'security', json_array_elements(m.meta->'security')::text
      union all select 'tag', json_array_elements(m.meta->'tag')::text
    ) item
    order by 1, 2`)
}
