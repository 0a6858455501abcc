/** The accounts of the database, for the functions of this folder. */
import { accountsOfPerson, accountsWithRole } from '../../store/accounts/account-lists.ts'
import { linkAccount } from '../../store/accounts/account-person.ts'
import {
  addAccount,
  changeAccount,
  findAccount,
  findAccountByLogin,
  type StoredAccount,
} from '../../store/accounts/accounts.ts'
import { endSessions } from '../../store/accounts/sessions.ts'
import type { Db } from '../../store/database.ts'
import type { AccountDirectory, AccountRecord } from './account-directory.ts'

export interface DirectoryPowers {
  readonly now: () => number
  /** Ends what apps were granted by an account. */
  readonly revokeGrants: (db: Db, account: string) => Promise<unknown>
}

export function storedDirectory({ now, revokeGrants }: DirectoryPowers): AccountDirectory {
  return {
    find: async (db, number) => recordOf(await findAccount(db, number)),
    findByLogin: async (db, login) => recordOf(await findAccountByLogin(db, login)),
    findByEmail: async (db, email) => (email.includes('@') ? recordOf(await findAccountByLogin(db, email)) : undefined),
    ofPerson: async (db, fhirUser) => (await accountsOfPerson(db, fhirUser)).map(recordOfStored),
    withRole: async (db, role) => (await accountsWithRole(db, role)).map(recordOfStored),
    create: (db, { email = null, password = null, fhirUser = null, language = null, ...account }) =>
      addAccount(db, { ...account, email, password, fhirUser, language, demo: false }, now()),
    change: changeAccount,
    link: linkAccount,
    signOut: async (db, number, { grants, except }) => {
      await endSessions(db, number, except)
      if (grants) await revokeGrants(db, number)
    },
  }
}

function recordOf(stored: StoredAccount | undefined): AccountRecord | undefined {
  return stored && recordOfStored(stored)
}

function recordOfStored({
  demo: _demo,
  email,
  password,
  fhirUser,
  language,
  ...account
}: StoredAccount): AccountRecord {
  return {
    ...account,
    ...(email !== null && { email }),
    ...(password !== null && { password }),
    ...(fhirUser !== null && { fhirUser }),
    ...(language && { language }),
  }
}
