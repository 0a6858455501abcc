/** Whose an account is. */
import { sql } from '../../sql.ts'
import type { Db } from '../database.ts'

/** False where the account is somebody else's, has no proved address, or is disabled. */
export async function linkAccount(db: Db, number: string, fhirUser: string): Promise<boolean> {
  const rows = await db.query(
    sql`update account set fhir_user = ${fhirUser},
        roles = case when 'patient' = any(roles) then roles else roles || 'patient'::text end
      where number = ${number}::bigint and state = 'active' and email_verified
        and (fhir_user is null or fhir_user = ${fhirUser}) returning number`,
    { writes: true },
  )
  return rows.length > 0
}
