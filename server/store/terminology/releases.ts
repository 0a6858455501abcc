/** Releases of code systems that were imported into tables of their own. */
import { compareReleases } from '../../fhir/terminology/release-order.ts'
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

/** By url, the latest version first; of like ones of several editions the one that was imported last. */
export async function currentReleases(db: Db): Promise<ReadonlyMap<string, readonly Release[]>> {
  const rows = await db.query<Release>(sql`
    select number, url, version, name, kind, concepts, properties from terminology_release
    where state = 'current' order by number desc`)
  const byUrl = new Map<string, Release[]>()
  for (const row of rows) byUrl.set(row.url, [...(byUrl.get(row.url) ?? []), row])
  for (const [url, releases] of byUrl) {
    byUrl.set(
      url,
      releases.toSorted((a, b) => compareReleases(url, b.version, a.version)),
    )
  }
  return byUrl
}
