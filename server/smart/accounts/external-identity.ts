/** Accounts of people whom an external OpenID provider knows. An address proves nothing here: nobody gets an account by it. */
import {
  addIdentity,
  type IdentityKey,
  removeIdentity as removeStored,
  useIdentity,
} from '../../store/accounts/identities.ts'
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import type { AccountPowers } from './account-powers.ts'
import { tellOwners } from './tell-owners.ts'

export interface ExternalIdentity extends IdentityKey {
  /** Those of our roles that the provider says the person has. */
  readonly roles: readonly string[]
  /** All of our roles that the provider decides about. */
  readonly mappedRoles: readonly string[]
  /** How the provider recognized them: RFC 8176. */
  readonly methods: readonly string[]
  readonly name?: string
  readonly username?: string
  /** Proved, as the provider says. */
  readonly email?: string
}

export type ExternalSignIn =
  /** The caller begins the session. */
  | { readonly kind: 'signed-in'; readonly account: string; readonly methods: readonly string[] }
  /** Nobody's yet: the person signs in with an account of ours, and links it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'disabled' }

/**
 * The account of an identity, with the roles that the provider says now. Whoever has a role by it and no account gets one;
 * who of our Practitioners they are, an administrator says.
 */
export async function signInByIdentity(powers: AccountPowers, identity: ExternalIdentity): Promise<ExternalSignIn> {
  const { database, directory, now, audit } = powers
  return database.transaction(async (tx) => {
    const number = (await useIdentity(tx, identity, now())) ?? (await newAccount(powers, tx, identity))
    const account = number === undefined ? undefined : await directory.find(tx, number)
    if (!account) return { kind: 'unknown' }
    if (account.state !== 'active') return { kind: 'disabled' }
    const roles = rolesNow(account, identity)
    if (roles.join() !== account.roles.join()) {
      await directory.change(tx, account.number, { roles })
      await audit(tx, { kind: 'roles-changed', account: account.number, by: identity.issuer, detail: roles.join(', ') })
    }
    return { kind: 'signed-in', account: account.number, methods: ['fed', ...identity.methods] }
  })
}

/** For whoever is signed in, and has just come back from the provider. False where the identity is an account's already. */
export async function linkIdentity(
  powers: AccountPowers,
  number: string,
  identity: ExternalIdentity,
): Promise<boolean> {
  const { database, directory, now, audit } = powers
  return database.transaction(async (tx) => {
    const account = await directory.find(tx, number)
    if (!account || !(await addIdentity(tx, identity, number, now()))) return false
    await audit(tx, { kind: 'identity-linked', account: number, detail: identity.issuer })
    await tellOwners(powers, tx, [account], 'identity-linked')
    return true
  })
}

/** False where the account has no such identity. */
export async function unlinkIdentity(powers: AccountPowers, number: string, identity: IdentityKey): Promise<boolean> {
  const { database, directory, audit } = powers
  return database.transaction(async (tx) => {
    if (!(await removeStored(tx, identity, number))) return false
    await audit(tx, { kind: 'identity-unlinked', account: number, detail: identity.issuer })
    const account = await directory.find(tx, number)
    if (account) await tellOwners(powers, tx, [account], 'identity-unlinked')
    return true
  })
}

/** What the provider decides about is as it says; the rest stays. */
export function rolesNow(
  { roles }: Pick<AccountRecord, 'roles'>,
  { roles: said, mappedRoles }: Pick<ExternalIdentity, 'roles' | 'mappedRoles'>,
): readonly string[] {
  return [...roles.filter((role) => !mappedRoles.includes(role)), ...said]
}

const attempts = 5

async function newAccount(powers: AccountPowers, tx: Db, identity: ExternalIdentity): Promise<string | undefined> {
  const { directory, audit, isAddress, now } = powers
  const { roles, username = '', name, email } = identity
  if (roles.length === 0) return undefined
  const wanted = usernameFrom(username)
  const isFree = email !== undefined && isAddress(email) && !(await directory.findByEmail(tx, email))
  const given = { roles, state: 'active', emailVerified: isFree, ...(isFree && { email }) } as const
  for (let i = 1; i <= attempts; i++) {
    const free = i === 1 ? wanted : `${wanted}-${Math.trunc(now() % 1_000_000) + i}`
    const number = await directory.create(tx, { ...given, username: free, name: name ?? free })
    if (number === undefined) continue
    // Another request made one for the same person: what was begun here is undone.
    if (!(await addIdentity(tx, identity, number, now()))) throw new Error('The identity was linked meanwhile.')
    await audit(tx, { kind: 'registered', account: number, detail: identity.issuer })
    return number
  }
  return undefined
}

/** A user name has no @ and no spaces. */
function usernameFrom(text: string): string {
  const plain = text
    .split('@')[0]!
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}._-]/gu, '')
    .slice(0, 50)
  return plain.length >= 3 ? plain : 'person'
}
