/** Proxies as those see them who grant and revoke them. */
import { type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, milliseconds } from '../values.ts'

/** Times in milliseconds. */
export interface GrantedProxy {
  readonly number: string
  readonly account: string
  /** The id of the Patient. */
  readonly patient: string
  /** The id of the RelatedPerson. */
  readonly relatedPerson: string
  readonly starts: number
  readonly ends: number | null
  readonly created: number
  readonly createdBy: string
  readonly revoked: number | null
  readonly revokedBy: string | null
}

const columns = sql`number::text, account::text, patient, related_person as "relatedPerson", created_by as "createdBy",
  revoked_by as "revokedBy", ${milliseconds(sql`starts`)} as starts, ${milliseconds(sql`ends`)} as ends,
  ${milliseconds(sql`created`)} as created, ${milliseconds(sql`revoked`)} as revoked`

/** All of an account, those that have ended included. */
export function proxiesOfAccount(db: Db, account: string): Promise<readonly GrantedProxy[]> {
  return listed(db, sql`account = ${account}::bigint`)
}

/** All for a patient, those that have ended included. */
export function proxiesForPatient(db: Db, patient: string): Promise<readonly GrantedProxy[]> {
  return listed(db, sql`patient = ${patient}`)
}

/** The proxy that was revoked; undefined where it was before, or there is none. */
export async function revokeProxy(db: Db, number: string, by: string, now: number): Promise<GrantedProxy | undefined> {
  const rows = await db.query<GrantedProxy>(
    sql`update proxy set revoked = ${at(now)}, revoked_by = ${by}
      where number = ${number}::bigint and revoked is null returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}

function listed(db: Db, condition: Sql): Promise<readonly GrantedProxy[]> {
  return db.query<GrantedProxy>(sql`select ${columns} from proxy where ${condition} order by proxy.number`)
}
