/** What people granted to apps, and backend services were granted. */
import type { JsonObject } from '../../fhir/json.ts'
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export interface NewGrant {
  readonly client: string
  /** The number of the account; absent for backend services. */
  readonly account?: string
  /** With spaces between. */
  readonly scopes: string
  readonly patient?: string
  readonly encounter?: string
  readonly context: JsonObject
  readonly nonce?: string
  /** Milliseconds. */
  readonly authTime?: number
  readonly session?: Buffer
  readonly remembered?: boolean
  readonly created: number
  readonly expires: number
}

/** Answers the number of the grant. */
export async function addGrant(db: Db, grant: NewGrant): Promise<string> {
  const { client, account, scopes, patient, encounter, context, nonce, authTime, session, remembered } = grant
  const rows = await db.query<{ number: string }>(
    sql`insert into grant_ (client, account, scopes, patient, encounter, context, nonce, auth_time, session, remembered,
        created, expires)
      values (${client}, ${account ?? null}::bigint, ${scopes}, ${patient ?? null}, ${encounter ?? null},
        ${JSON.stringify(context)}::jsonb, ${nonce ?? null}, ${authTime === undefined ? null : at(authTime)},
        ${session === undefined ? null : bytes(session)}, ${remembered ?? false}, ${at(grant.created)}, ${at(grant.expires)})
      returning number`,
    { writes: true },
  )
  return rows[0]!.number
}

/** Ends a grant, and with it all that stands for it. */
export async function revokeGrant(db: Db, number: string, now: number): Promise<void> {
  await db.query(sql`update grant_ set revoked = ${at(now)} where number = ${number}::bigint and revoked is null`, {
    writes: true,
  })
}

/** Ends what an account has granted: all of it, or to one client. Answers how many there were. */
export async function revokeGrantsOf(
  db: Db,
  { account, client }: { readonly account: string; readonly client?: string },
  now: number,
): Promise<number> {
  const rows = await db.query(
    sql`update grant_ set revoked = ${at(now)}
      where account = ${account}::bigint and (${client ?? null}::text is null or client = ${client ?? null}) and revoked is null
      returning number`,
    { writes: true },
  )
  return rows.length
}

/** Ends what a client was granted, by whomever. */
export async function revokeGrantsTo(db: Db, client: string, now: number): Promise<void> {
  await db.query(sql`update grant_ set revoked = ${at(now)} where client = ${client} and revoked is null`, {
    writes: true,
  })
}

/** What a person has granted to an app and what is still in force; times in milliseconds. */
export interface GrantedApp {
  readonly number: string
  readonly client: string
  readonly name: string
  readonly scopes: string
  readonly patient: string | null
  readonly since: number
  readonly used: number
}

/** The apps that an account lets in, those used last first. */
export function grantedApps(db: Db, account: string, now: number): Promise<GrantedApp[]> {
  return db.query<GrantedApp>(sql`
    select g.number, g.client, c.name, g.scopes, g.patient, ${milliseconds(sql`g.created`)} as since,
      ${milliseconds(sql`g.used`)} as used
    from grant_ g join client c on c.id = g.client
    where g.account = ${account}::bigint and g.revoked is null and (g.ended is null or g.remembered) and g.used is not null
      and g.expires > ${at(now)}
    order by g.used desc`)
}

/** What a person let a client have and said need not be asked again; the patients with the scopes. */
export function rememberedGrants(
  db: Db,
  { account, client }: { readonly account: string; readonly client: string },
): Promise<{ readonly scopes: string; readonly patient: string | null }[]> {
  return db.query(sql`
    select distinct scopes, patient from grant_
    where account = ${account}::bigint and client = ${client} and remembered and revoked is null and used is not null`)
}

/** A client with the metadata that say where it wants to be told that somebody signs out. */
export interface ClientOfSession {
  readonly client: string
  readonly metadata: JsonObject
}

/** The clients that were let in during a session, and still are. */
export function clientsOfSession(db: Db, session: Buffer): Promise<ClientOfSession[]> {
  return db.query<ClientOfSession>(sql`
    select distinct on (c.id) c.id as client, c.metadata from grant_ g join client c on c.id = g.client
    where g.session = ${bytes(session)} and g.revoked is null and c.state = 'active' order by c.id`)
}
