/** What decides who sees what, beside tokens: the consents that are in force, and what roles may do. */

import { openAccess, visible } from '../access/access.ts'
import { rolePolicyCode } from '../access/policy-resource.ts'
import { tableOf } from '../fhir/search/table.ts'
import { raw, type Sql, sql } from '../sql.ts'
import type { Database, Db, Transaction } from './database.ts'
import { contentsByKey } from './search.ts'

/** What was changed by whatever means shows in `accessState`. After the tables of resource types are made. */
export async function watchAccess(database: Database | Transaction): Promise<void> {
  const known = await database.query(sql`
    select from pg_trigger where tgname = 'access_changed' and tgrelid = 'r_consent'::regclass`)
  if (known.length > 0) return
  const triggers = [
    sql`create trigger access_changed after insert or update or delete on r_consent for each statement`,
    ...onPolicies.map(
      ([event, row]) => sql`
        create trigger access_changed_by_${raw(event)} after ${raw(event)} on r_basic
        for each row when (${row})`,
    ),
  ]
  for (const trigger of triggers) await database.query(sql`${trigger} execute function access_changed()`)
}

/** A deletion keeps the row without its content. Other Basics change nothing. */
const onPolicies: readonly (readonly [event: string, row: Sql])[] = [
  ['insert', isPolicy('new')],
  ['update', sql`${isPolicy('new')} or ${isPolicy('old')}`],
  ['delete', isPolicy('old')],
]

function isPolicy(row: string): Sql {
  return raw(`coalesce(${row}.content like '%"${rolePolicyCode}"%', false)`)
}

/** Another text after every change. */
export async function accessState(db: Db): Promise<string> {
  const rows = await db.query<{ state: string }>(sql`select ${state} as state from access_change`)
  return rows[0]!.state
}

const state = raw(`count(*) || ' ' || coalesce(max(number), 0)`)

export interface ListedVersion {
  readonly key: bigint
  readonly version: number
}

export interface AccessLists {
  /** That they are of. */
  readonly state: string
  readonly consents: readonly ListedVersion[]
  readonly policies: readonly ListedVersion[]
}

/** The consents and the Basics that have these terms, in the order of keys. */
export async function listAccess(
  db: Db,
  terms: { readonly consent: bigint; readonly policy: bigint },
): Promise<AccessLists> {
  type Listed = [pk: string, version: number][] | null
  const rows = await db.query<{ state: string; consents: Listed; policies: Listed }>(sql`
    select ${state} as state, ${listed('Consent', terms.consent)} as consents, ${listed('Basic', terms.policy)} as policies
    from access_change`)
  const { state: found, consents, policies } = rows[0]!
  const versions = (list: Listed) => (list ?? []).map(([pk, version]) => ({ key: BigInt(pk), version }))
  return { state: found, consents: versions(consents), policies: versions(policies) }
}

function listed(type: string, term: bigint): Sql {
  return sql`(
    select json_agg(json_build_array(pk::text, version) order by pk) from ${tableOf(type)} r
    where terms && array[${term}::bigint] and ${visible(openAccess, type, raw('r'))})`
}

/** The contents of versions by key. */
export function readListed(db: Db, type: string, versions: readonly ListedVersion[]): Promise<Map<bigint, string>> {
  return contentsByKey(
    db,
    openAccess,
    versions.map(({ key }) => ({ type, key })),
  )
}
