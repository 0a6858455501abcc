/** The accounts themselves, as far as this folder needs them. `storedDirectory` has them in the database. */
import type { Db } from '../../store/database.ts'

export interface AccountRecord {
  readonly number: string
  readonly username: string
  /** How the person is addressed. */
  readonly name: string
  readonly email?: string
  readonly emailVerified: boolean
  /** A PHC string; absent where the person signs in in another way. */
  readonly password?: string
  readonly roles: readonly string[]
  /** `Patient/1`, `Practitioner/2`, …; absent until it is known who the person is. */
  readonly fhirUser?: string
  readonly state: 'active' | 'disabled'
  /** The language that the person reads, BCP 47; absent until it is known. */
  readonly language?: string
}

export type AccountChanges = Partial<Omit<AccountRecord, 'number'>>

export interface AccountDirectory {
  find(db: Db, number: string): Promise<AccountRecord | undefined>
  /** By user name, or by a verified address; whatever the case of its letters. */
  findByLogin(db: Db, login: string): Promise<AccountRecord | undefined>
  /** By an address that has been verified. */
  findByEmail(db: Db, email: string): Promise<AccountRecord | undefined>
  /** The active accounts of a person, `Patient/1`. */
  ofPerson(db: Db, fhirUser: string): Promise<readonly AccountRecord[]>
  /** The active accounts that have a role. */
  withRole(db: Db, role: string): Promise<readonly AccountRecord[]>
  /** Undefined where the user name is taken: decided by a constraint. */
  create(db: Db, account: Omit<AccountRecord, 'number'>): Promise<string | undefined>
  /** False where the address is verified as another account's meanwhile, or there is no such account. */
  change(db: Db, number: string, changes: AccountChanges): Promise<boolean>
  /**
   * Says who the person of an account is, and gives it the role `patient`. False where the account is somebody else's, its
   * address is not proved, or it is disabled: decided by one statement.
   */
  link(db: Db, number: string, fhirUser: string): Promise<boolean>
  /** Ends the sessions, but for `except`, and what apps were granted where `grants` is true. */
  signOut(db: Db, number: string, what: { readonly grants: boolean; readonly except?: Buffer }): Promise<void>
}
