/** Releases of code systems that were imported into tables of their own. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'

export interface Release {
  /** In the names of its tables. */
  readonly number: number
  readonly url: string
  readonly version: string
  readonly name: string
  readonly kind: string
  readonly concepts: number
  readonly properties: readonly string[]
}

/** By url, the newest release of each version first. */
export async function currentReleases(db: Db): Promise<ReadonlyMap<string, readonly Release[]>> {
  const rows = await db.query<Release>(sql`
    select number, url, version, name, kind, concepts, properties from terminology_release
    where state = 'current' order by number desc`)
  const byUrl = new Map<string, Release[]>()
  for (const row of rows) byUrl.set(row.url, [...(byUrl.get(row.url) ?? []), row])
  return byUrl
}
