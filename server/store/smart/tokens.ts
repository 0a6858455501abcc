/** Codes, access tokens and refresh tokens. The database keeps what they hash to. */
import type { JsonObject } from '../../fhir/json.ts'
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, byteLists, bytes, milliseconds } from '../values.ts'

export type TokenKind = 'code' | 'access' | 'refresh'

export interface NewToken {
  readonly hash: Buffer
  readonly kind: TokenKind
  /** The number of the grant. */
  readonly grant: string
  readonly scopes: string
  readonly data?: JsonObject
  readonly created: number
  readonly expires: number
}

/** A token with the grant that it stands for; times in milliseconds. */
export interface TokenRecord {
  readonly kind: TokenKind
  /** Of the token: a refreshed one may have fewer than the grant. */
  readonly scopes: string
  readonly data: JsonObject | null
  readonly expires: number
  readonly grant: string
  readonly grantScopes: string
  readonly client: string
  readonly account: string | null
  readonly patient: string | null
  readonly encounter: string | null
  readonly context: JsonObject
  readonly nonce: string | null
  readonly authTime: number | null
  readonly session: Buffer | null
  /** When the grant was used last. */
  readonly used: number | null
}

const columns = sql`t.kind, t.scopes, t.data, ${milliseconds(sql`t.expires`)} as expires, g.number as "grant",
  g.scopes as "grantScopes", g.client, g.account, g.patient, g.encounter, g.context, g.nonce,
  ${milliseconds(sql`g.auth_time`)} as "authTime", g.session, ${milliseconds(sql`g.used`)} as used`

export async function addToken(db: Db, token: NewToken): Promise<void> {
  const { hash, kind, grant, scopes, data, created, expires } = token
  await db.query(
    sql`insert into token (hash, kind, grant_, scopes, data, created, expires)
      values (${bytes(hash)}, ${kind}, ${grant}::bigint, ${scopes}, ${data === undefined ? null : JSON.stringify(data)}::jsonb,
        ${at(created)}, ${at(expires)})`,
    { writes: true },
  )
}

/** What a token stands for, as long as it can be used: its client and its grant included. */
export async function findToken(
  db: Db,
  hash: Buffer,
  kinds: readonly TokenKind[],
  now: number,
): Promise<TokenRecord | undefined> {
  const [found] = await findTokens(db, [hash], kinds, now)
  return found
}

/** The same of several, in their order. */
export async function findTokens(
  db: Db,
  hashes: readonly Buffer[],
  kinds: readonly TokenKind[],
  now: number,
): Promise<readonly (TokenRecord | undefined)[]> {
  const rows = await db.query<TokenRecord & { readonly hash: Buffer }>(sql`
    select t.hash, ${columns} from token t join grant_ g on g.number = t.grant_ join client c on c.id = g.client
    where t.hash = any(${byteLists(hashes)}) and t.kind = any(${kinds}::text[]) and t.used is null and t.expires > ${at(now)}
      and g.revoked is null and g.ended is null and c.state = 'active'`)
  return hashes.map((hash) => rows.find((row) => row.hash.equals(hash)))
}

/** Uses a code or a refresh token up. One of several at once succeeds. */
export async function takeToken(
  db: Db,
  hash: Buffer,
  kind: 'code' | 'refresh',
  now: number,
): Promise<TokenRecord | undefined> {
  const rows = await db.query<TokenRecord>(
    sql`with taken as (
        update token set used = ${at(now)}
        where hash = ${bytes(hash)} and kind = ${kind} and used is null and expires > ${at(now)}
        returning *),
      noted as (update grant_ set used = ${at(now)} where number = (select grant_ from taken))
      select ${columns} from taken t join grant_ g on g.number = t.grant_
      where g.revoked is null and g.ended is null`,
    { writes: true },
  )
  return rows[0]
}

/** Whoever uses a token that was used before is not alone in having it: the whole grant ends. True where one did. */
export async function revokeIfUsed(db: Db, hash: Buffer, kind: 'code' | 'refresh', now: number): Promise<boolean> {
  const rows = await db.query(
    sql`update grant_ set revoked = ${at(now)}
      where number = (select grant_ from token where hash = ${bytes(hash)} and kind = ${kind} and used is not null)
        and revoked is null
      returning number`,
    { writes: true },
  )
  return rows.length > 0
}

/** The grant of an access or refresh token, whether it can be used or not. */
export async function grantOfToken(
  db: Db,
  hash: Buffer,
): Promise<{ readonly grant: string; readonly client: string } | undefined> {
  const rows = await db.query<{ grant: string; client: string }>(sql`
    select g.number as "grant", g.client from token t join grant_ g on g.number = t.grant_
    where t.hash = ${bytes(hash)} and t.kind <> 'code'`)
  return rows[0]
}

/** Notes that a grant is in use. */
export async function noteUse(db: Db, grant: string, now: number): Promise<void> {
  await db.query(sql`update grant_ set used = ${at(now)} where number = ${grant}::bigint`, { writes: true })
}
