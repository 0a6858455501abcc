/** Removes a release of a code system: the release before it is not there any more, so its codes are unknown then. */
import { sameVersion } from '../../fhir/terminology/newest.ts'
import { sql } from '../../sql.ts'
import type { Database } from '../database.ts'
import { dropReplaced, lockReleases } from './import-release.ts'
import { currentReleases, type Release } from './releases.ts'

/** Says why it cannot be told which release is meant. */
export class ReleaseChoiceError extends Error {}

/** `version`: needed where there are several; an edition of SNOMED CT will do. Servers know of it within seconds. */
export async function removeRelease(database: Database, url: string, version?: string): Promise<Release> {
  const removed = await database.transaction(async (tx) => {
    await lockReleases(tx)
    const release = choose(await currentReleases(tx), url, version)
    await tx.query(sql`update terminology_release set state = 'replaced' where number = ${release.number}`)
    return release
  })
  await dropReplaced(database)
  return removed
}

function choose(releases: ReadonlyMap<string, readonly Release[]>, url: string, version: string | undefined): Release {
  const found = (releases.get(url) ?? []).filter((release) => sameVersion(version, release.version))
  if (found.length === 1) return found[0]!
  const asked = version === undefined ? url : `${url}|${version}`
  if (found.length > 1) {
    throw new ReleaseChoiceError(`There are several releases of '${asked}'. Name one of ${namesOf(found)}.`)
  }
  const all = [...releases.values()].flat()
  const others = all.length === 0 ? '' : ` There is ${namesOf(all)}.`
  throw new ReleaseChoiceError(`No release '${asked}' was imported.${others}`)
}

function namesOf(releases: readonly Release[]): string {
  return releases.map(({ url, version }) => `${url}|${version}`).join(', ')
}
