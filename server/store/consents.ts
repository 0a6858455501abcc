/** The consents that are in force, for every process to know. */
import { openAccess, visible } from '../access/access.ts'
import { tableOf } from '../fhir/search/table.ts'
import { raw, sql } from '../sql.ts'
import type { Database, Db, Transaction } from './database.ts'
import { contentsByKey } from './search.ts'

/** What was changed by whatever means shows in `consentState`. After the tables of resource types are made. */
export async function watchConsents(database: Database | Transaction): Promise<void> {
  const known = await database.query(sql`
    select from pg_trigger where tgname = 'consents_changed' and tgrelid = 'r_consent'::regclass`)
  if (known.length > 0) return
  await database.query(sql`
    create trigger consents_changed after insert or update or delete on r_consent
    for each statement execute function consents_changed()`)
}

/** Another text after every change. */
export async function consentState(db: Db): Promise<string> {
  const rows = await db.query<{ state: string }>(sql`select ${state} as state from consent_change`)
  return rows[0]!.state
}

const state = raw(`count(*) || ' ' || coalesce(max(number), 0)`)

export interface ListedConsent {
  readonly key: bigint
  readonly version: number
}

/** The consents that have a term, with the state that they are of. In the order of keys. */
export async function listConsents(
  db: Db,
  term: bigint,
): Promise<{ readonly state: string; readonly consents: readonly ListedConsent[] }> {
  const rows = await db.query<{ state: string; consents: [pk: string, version: number][] | null }>(sql`
    select ${state} as state, (
      select json_agg(json_build_array(pk::text, version) order by pk) from ${tableOf('Consent')} r
      where terms && array[${term}::bigint] and ${visible(openAccess, 'Consent', raw('r'))}) as consents
    from consent_change`)
  const { state: found, consents } = rows[0]!
  return { state: found, consents: (consents ?? []).map(([pk, version]) => ({ key: BigInt(pk), version })) }
}

/** Their contents by key. */
export function readConsents(db: Db, consents: readonly ListedConsent[]): Promise<Map<bigint, string>> {
  return contentsByKey(
    db,
    openAccess,
    consents.map(({ key }) => ({ type: 'Consent', key })),
  )
}
