/** Codes on paper that say whose an account is: each is used once. */
import { type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at, bytes, milliseconds } from '../values.ts'

export interface NewInvitation {
  readonly hash: Buffer
  /** The id of the Patient. */
  readonly patient: string
  /** The person that the account will be: `Patient/1`, or `RelatedPerson/2` who acts for the patient. */
  readonly fhirUser: string
  /** Who invites. */
  readonly by: string
  readonly expires: number
}

/** Times in milliseconds. */
export interface Invitation {
  readonly number: string
  readonly patient: string
  readonly fhirUser: string
  readonly created: number
  readonly createdBy: string
  readonly expires: number
  readonly used: number | null
  /** The number of the account. */
  readonly usedBy: string | null
  readonly revoked: number | null
  readonly revokedBy: string | null
}

const columns = sql`number::text, patient, fhir_user as "fhirUser", created_by as "createdBy", used_by::text as "usedBy",
  revoked_by as "revokedBy", ${milliseconds(sql`created`)} as created, ${milliseconds(sql`expires`)} as expires,
  ${milliseconds(sql`used`)} as used, ${milliseconds(sql`revoked`)} as revoked`

const usable = (now: number): Sql => sql`used is null and revoked is null and expires > ${at(now)}`

/** Answers the number of the invitation. Earlier ones for the same person end. */
export async function addInvitation(db: Db, invitation: NewInvitation, now: number): Promise<string> {
  const { hash, patient, fhirUser, by, expires } = invitation
  const rows = await db.query<{ number: string }>(
    sql`with earlier as (
        update invitation set revoked = ${at(now)}, revoked_by = ${by}
        where patient = ${patient} and fhir_user = ${fhirUser} and ${usable(now)})
      insert into invitation (hash, patient, fhir_user, created, created_by, expires)
      values (${bytes(hash)}, ${patient}, ${fhirUser}, ${at(now)}, ${by}, ${at(expires)}) returning number::text`,
    { writes: true },
  )
  return rows[0]!.number
}

/** What a code stands for, as long as it can be used. */
export async function findInvitation(db: Db, hash: Buffer, now: number): Promise<Invitation | undefined> {
  const rows = await db.query<Invitation>(sql`
    select ${columns} from invitation where hash = ${bytes(hash)} and ${usable(now)}`)
  return rows[0]
}

/** Uses a code up for an account. One of several at once succeeds. */
export async function useInvitation(db: Db, hash: Buffer, account: string, now: number): Promise<boolean> {
  const rows = await db.query(
    sql`update invitation set used = ${at(now)}, used_by = ${account}::bigint
      where hash = ${bytes(hash)} and ${usable(now)} returning number`,
    { writes: true },
  )
  return rows.length > 0
}

/** The invitation that was revoked; undefined where it was used or revoked before, or the patient has none of that number. */
export async function revokeInvitation(
  db: Db,
  { patient, number }: { readonly patient: string; readonly number: string },
  by: string,
  now: number,
): Promise<Invitation | undefined> {
  const rows = await db.query<Invitation>(
    sql`update invitation set revoked = ${at(now)}, revoked_by = ${by}
      where number = ${number}::bigint and patient = ${patient} and used is null and revoked is null
      returning ${columns}`,
    { writes: true },
  )
  return rows[0]
}

/** The newest first: of a patient, or of all. */
export async function listInvitations(
  db: Db,
  patient: string | undefined,
  most: number,
): Promise<readonly Invitation[]> {
  return db.query<Invitation>(sql`
    select ${columns} from invitation where (${patient ?? null}::text is null or patient = ${patient ?? null})
    order by invitation.number desc limit ${most}`)
}
