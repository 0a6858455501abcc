/** The client programs that are known. */
import type { JsonObject } from '../../fhir/json.ts'
import { type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export const authMethods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const
export type AuthMethod = (typeof authMethods)[number]

export const clientGrantTypes = ['authorization_code', 'refresh_token', 'client_credentials'] as const
export type ClientGrantType = (typeof clientGrantTypes)[number]

export type ClientState = 'waiting' | 'active' | 'disabled'
export type ClientSource = 'administrator' | 'app' | 'demo' | 'registration'

export interface ClientRecord {
  readonly id: string
  readonly name: string
  readonly state: ClientState
  readonly source: ClientSource
  readonly authMethod: AuthMethod
  readonly redirectUris: readonly string[]
  readonly grantTypes: readonly string[]
  /** The most that it is ever granted, with spaces between. */
  readonly scopes: string
  readonly jwks: JsonObject | null
  readonly jwksUri: string | null
  readonly trusted: boolean
  /** Further metadata of its registration, by the names of RFC 7591. */
  readonly metadata: JsonObject
  /** Milliseconds. */
  readonly created: number
}

export interface StoredClient extends ClientRecord {
  /** Somebody of this server knows it: false for what registered itself, until an administrator approves it. */
  readonly approved: boolean
}

const isApproved = sql`(source <> 'registration' or approved)`
const columns = sql`id, name, state, source, ${isApproved} as approved, auth_method as "authMethod", redirect_uris as "redirectUris",
  grant_types as "grantTypes", scopes, jwks, jwks_uri as "jwksUri", trusted, metadata,
  ${milliseconds(sql`created`)} as created`

export async function findClient(db: Db, id: string): Promise<StoredClient | undefined> {
  // The database has no texts with it.
  if (id.includes('\u0000')) return undefined
  const rows = await db.query<StoredClient>(sql`select ${columns} from client where id = ${id}`)
  return rows[0]
}

/** All of them, in the order of their names. */
export function listClients(db: Db): Promise<StoredClient[]> {
  return db.query<StoredClient>(sql`select ${columns} from client order by name, id`)
}

/** Those that can be launched from inside, in the order of their names. What strangers registered and named is not offered. */
export async function launchableClients(db: Db): Promise<StoredClient[]> {
  return db.query<StoredClient>(sql`
    select ${columns} from client where state = 'active' and ${isApproved} and metadata ->> 'launch_uri' is not null
    order by name, id`)
}

/** False where there is one of that id. */
export async function addClient(db: Db, client: ClientRecord): Promise<boolean> {
  const rows = await db.query(sql`${insertion(client)} on conflict (id) do nothing returning id`, { writes: true })
  return rows.length > 0
}

/** How many have registered themselves since. */
export async function registeredSince(db: Db, since: number): Promise<number> {
  const rows = await db.query<{ n: number }>(sql`
    select count(*)::int as n from client where source = 'registration' and created > ${at(since)}`)
  return rows[0]!.n
}

/** Removes those that registered themselves before, were not approved, and were never granted anything. */
export async function removeUnusedClients(db: Db, before: number): Promise<void> {
  await db.query(
    sql`delete from client c where not ${isApproved} and created < ${at(before)}
      and not exists (select from grant_ g where g.client = c.id)`,
    { writes: true },
  )
}

/** Stores a client, in place of one of that id; whether it is active stays as it was decided. */
export async function putClient(db: Db, client: ClientRecord): Promise<void> {
  await db.query(
    sql`${insertion(client)} on conflict (id) do update set
      name = excluded.name, source = excluded.source, auth_method = excluded.auth_method,
      redirect_uris = excluded.redirect_uris, grant_types = excluded.grant_types, scopes = excluded.scopes,
      jwks = excluded.jwks, jwks_uri = excluded.jwks_uri, trusted = excluded.trusted, metadata = excluded.metadata`,
    { writes: true },
  )
}

function insertion(client: ClientRecord): Sql {
  const { id, name, state, source, authMethod, redirectUris, grantTypes, scopes, jwks, jwksUri, trusted } = client
  return sql`
    insert into client (id, name, state, source, auth_method, redirect_uris, grant_types, scopes, jwks, jwks_uri, trusted,
      metadata, created)
    values (${id}, ${name}, ${state}, ${source}, ${authMethod}, ${redirectUris}::text[], ${grantTypes}::text[], ${scopes},
      ${jwks && JSON.stringify(jwks)}::jsonb, ${jwksUri}, ${trusted}, ${JSON.stringify(client.metadata)}::jsonb,
      ${at(client.created)})`
}

/** False where there is none. */
export async function setClientState(db: Db, id: string, state: ClientState): Promise<boolean> {
  const rows = await db.query(sql`update client set state = ${state} where id = ${id} returning id`, { writes: true })
  return rows.length > 0
}

/** From now on it may be used, and is known. */
export async function approveClient(db: Db, id: string): Promise<void> {
  await db.query(sql`update client set state = 'active', approved = true where id = ${id}`, { writes: true })
}

/** Also ends all that it was granted; false where there is none. */
export async function removeClient(db: Db, id: string): Promise<boolean> {
  const rows = await db.query(sql`delete from client where id = ${id} returning id`, { writes: true })
  return rows.length > 0
}

/** What the secrets hash to that are valid now. */
export async function clientSecrets(db: Db, client: string, now: number): Promise<readonly Buffer[]> {
  const rows = await db.query<{ hash: Buffer }>(sql`
    select hash from client_secret where client = ${client} and (expires is null or expires > ${at(now)})`)
  return rows.map(({ hash }) => hash)
}

/** A new secret; earlier ones are valid until `until`. */
export async function addClientSecret(
  db: Db,
  client: string,
  hash: Buffer,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<void> {
  await db.query(
    sql`with earlier as (
        update client_secret set expires = ${at(until)}
        where client = ${client} and hash <> ${bytes(hash)} and (expires is null or expires > ${at(until)})),
      gone as (delete from client_secret where client = ${client} and expires < ${at(now)})
      insert into client_secret (client, hash, created) values (${client}, ${bytes(hash)}, ${at(now)})
      on conflict (client, hash) do update set expires = null`,
    { writes: true },
  )
}
