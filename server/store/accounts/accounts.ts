/** The accounts of people. */
import { join, type Sql, sql } from '../../sql.ts'
import type { Db } from '../database.ts'
import { at } from '../values.ts'

export interface StoredAccount {
  readonly number: string
  readonly username: string
  /** How the person is addressed. */
  readonly name: string
  readonly email: string | null
  readonly emailVerified: boolean
  /** A PHC string; absent where the person signs in in another way. */
  readonly password: string | null
  readonly roles: readonly string[]
  /** `Patient/1`, `Practitioner/2`, …; absent until it is known who the person is. */
  readonly fhirUser: string | null
  readonly state: 'active' | 'disabled'
  readonly demo: boolean
  /** The language that the person reads, BCP 47; absent until it is known. */
  readonly language?: string | null
}

export type AccountChange = Partial<Omit<StoredAccount, 'number' | 'demo'>>

const columns = sql`number::text, username, name, email, email_verified as "emailVerified", password, roles,
  fhir_user as "fhirUser", state, demo, language`

export async function findAccount(db: Db, number: string): Promise<StoredAccount | undefined> {
  const rows = await db.query<StoredAccount>(sql`select ${columns} from account where number = ${number}::bigint`)
  return rows[0]
}

/** By user name, or by a verified address; whatever the case of its letters. */
export async function findAccountByLogin(db: Db, login: string): Promise<StoredAccount | undefined> {
  const condition = login.includes('@')
    ? sql`lower(email) = lower(${login}) and email_verified`
    : sql`lower(username) = lower(${login})`
  const rows = await db.query<StoredAccount>(sql`select ${columns} from account where ${condition}`)
  return rows[0]
}

export async function listAccounts(db: Db): Promise<readonly StoredAccount[]> {
  return db.query<StoredAccount>(sql`select ${columns} from account order by lower(username)`)
}

/** The number of the new account; undefined where the user name, or the verified address, is taken. */
export async function addAccount(
  db: Db,
  account: Omit<StoredAccount, 'number'>,
  now: number,
): Promise<string | undefined> {
  const { username, name, email, emailVerified, password, roles, fhirUser, state, demo, language = null } = account
  const rows = await db.query<{ number: string }>(
    sql`insert into account (username, name, email, email_verified, password, roles, fhir_user, state, demo, language, created)
      values (${username}, ${name}, ${email}, ${emailVerified}, ${password}, ${roles}::text[], ${fhirUser}, ${state}, ${demo}, ${language}, ${at(now)})
      on conflict do nothing returning number::text`,
    { writes: true },
  )
  return rows[0]?.number
}

const changeable: Readonly<Record<keyof AccountChange, (value: never) => Sql>> = {
  username: (value: string) => sql`username = ${value}`,
  name: (value: string) => sql`name = ${value}`,
  email: (value: string | null) => sql`email = ${value}`,
  emailVerified: (value: boolean) => sql`email_verified = ${value}`,
  password: (value: string | null) => sql`password = ${value}`,
  roles: (value: readonly string[]) => sql`roles = ${value}::text[]`,
  fhirUser: (value: string | null) => sql`fhir_user = ${value}`,
  state: (value: string) => sql`state = ${value}`,
  language: (value: string | null) => sql`language = ${value}`,
}

/** False where there is no such account, or its user name or address belongs to another. */
export async function changeAccount(db: Db, number: string, change: AccountChange): Promise<boolean> {
  const parts = Object.entries(change).map(([name, value]) => changeable[name as keyof AccountChange](value as never))
  if (parts.length === 0) return (await findAccount(db, number)) !== undefined
  const { username = null, email = null } = change
  const rows = await db.query(
    sql`update account set ${join(parts, ', ')} where number = ${number}::bigint and not exists (
      select from account other where other.number <> ${number}::bigint and (lower(other.username) = lower(${username})
        or (lower(other.email) = lower(${email}) and other.email_verified and ${change.emailVerified === true})))
      returning number`,
    { writes: true },
  )
  return rows.length > 0
}

/** Keeps the language that somebody reads, where none is known yet: what they chose themselves stays. */
export async function noteLanguage(db: Db, number: string, language: string): Promise<void> {
  await db.query(sql`update account set language = ${language} where number = ${number}::bigint and language is null`, {
    writes: true,
  })
}

export async function removeAccount(db: Db, number: string): Promise<void> {
  await db.query(sql`delete from account where number = ${number}::bigint`, { writes: true })
}

/** Whether there is, or has been, any account. */
export async function hasAccounts(db: Db): Promise<boolean> {
  const rows = await db.query<{ called: boolean }>(sql`select is_called as called from account_number_seq`)
  return rows[0]!.called
}

/** Whether accounts are there whose password everybody knows. */
export async function hasDemoAccounts(db: Db): Promise<boolean> {
  const rows = await db.query(sql`select from account where demo and state = 'active' limit 1`)
  return rows.length > 0
}
