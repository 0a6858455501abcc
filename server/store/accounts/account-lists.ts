/** Several accounts at once. */
import { type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at } from '../values.ts'
import type { StoredAccount } from './accounts.ts'

/** The active accounts of a person, such as `Patient/1`. */
export function accountsOfPerson(db: Db, fhirUser: string): Promise<readonly StoredAccount[]> {
  return activeAccounts(db, sql`fhir_user = ${fhirUser}`)
}

/** The active accounts that have a role. */
export function accountsWithRole(db: Db, role: string): Promise<readonly StoredAccount[]> {
  return activeAccounts(db, sql`${role} = any(roles)`)
}

/** Removes accounts from before `before` whose address nobody has proved to be theirs; answers how many. */
export async function removeUnverified(db: Db, before: number): Promise<number> {
  const rows = await db.query(
    sql`delete from account
      where email is not null and not email_verified and fhir_user is null and roles = '{}' and created < ${at(before)}
      returning number`,
    { writes: true },
  )
  return rows.length
}

function activeAccounts(db: Db, condition: Sql): Promise<readonly StoredAccount[]> {
  return db.query<StoredAccount>(sql`
    select number::text, username, name, email, email_verified as "emailVerified", password, roles,
      fhir_user as "fhirUser", state, demo
    from account where state = 'active' and ${condition} order by number`)
}
