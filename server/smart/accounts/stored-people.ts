/** The people of the authorization server, as their accounts have them. */
import type { CallerAccount } from '../../access/caller.ts'
import { findAccount, type StoredAccount } from '../../store/accounts/accounts.ts'
import { secretHash } from '../../store/accounts/codes.ts'
import { proxiedPatients } from '../../store/accounts/proxies.ts'
import { endSession, findSession, noteSeen, type SessionAges } from '../../store/accounts/sessions.ts'
import type { AccountNow, People, Session, SessionEnd } from '../people.ts'
import { patientsBehindGlass } from './break-glass.ts'
import { type SignInPowers, signInByCode, signInByPassword } from './sign-in.ts'

const minute = 60_000

/** Milliseconds. NIST SP 800-63B asks for half an hour and twelve hours where health is concerned. */
export const sessionAges: SessionAges = { idle: 30 * minute, absolute: 12 * 60 * minute }

/** Milliseconds after which it is noted again that a session is used. */
const noted = minute

export function storedPeople(powers: SignInPowers): People {
  const { database, now } = powers
  return {
    session: (secret) => currentSession(secretHash(secret), powers),
    isSignedIn: async (hash) => (await currentSession(hash, powers)) !== undefined,
    signIn: (attempt) => signInByPassword(attempt, powers),
    confirmCode: (attempt) => signInByCode(attempt, powers),
    signOut: async (secret) => {
      const hash = secretHash(secret)
      const found = await findSession(database, hash, sessionAges, now())
      await database.transaction(async (tx) => {
        await endSession(tx, hash)
        if (found) await powers.audit(tx, { kind: 'signed-out', account: found.account })
      })
    },
    account: async (number) => {
      const account = await findAccount(database, number)
      return account?.state === 'active' ? accountNow(account, powers) : undefined
    },
  }

  async function currentSession(hash: Buffer, { database: db }: SignInPowers): Promise<Session | undefined> {
    const found = await findSession(db, hash, sessionAges, now())
    const account = found && (await findAccount(db, found.account))
    if (!found || account?.state !== 'active') return undefined
    const isNoted = now() - found.seen > noted
    if (isNoted) await noteSeen(db, hash, now())
    const { account: caller } = await accountNow(account, powers)
    const end = sessionEnd(found.created, isNoted ? now() : found.seen)
    return { hash, account: caller, name: account.name, authTime: found.created, methods: found.methods, end }
  }
}

/** Of a session that was last used at `seen`. */
export function sessionEnd(created: number, seen: number, { idle, absolute }: SessionAges = sessionAges): SessionEnd {
  const [unused, last] = [seen + idle, created + absolute]
  return { time: Math.min(unused, last), isLast: last <= unused }
}

async function accountNow(account: StoredAccount, { database, now }: SignInPowers): Promise<AccountNow> {
  const { number, roles, fhirUser } = account
  const [type, id] = fhirUser?.split('/') ?? []
  const own = type === 'Patient' && id !== undefined ? [id] : []
  // Staff have the patients that their role has, whoever they care for at home.
  const actsForPatients = roles.includes('patient')
  const proxied = actsForPatients ? await proxiedPatients(database, number, now()) : []
  const caller: CallerAccount = {
    number,
    roles,
    patients: actsForPatients ? [...new Set([...own, ...proxied])] : [],
    ...(fhirUser !== null && { fhirUser }),
  }
  // What a role may do behind it is for its policy to say.
  const isStaff = roles.some((role) => role !== 'patient')
  const behindGlass = isStaff ? await patientsBehindGlass({ database, now }, number) : []
  return { account: caller, ...(behindGlass.length > 0 && { purposeOfUse: 'BTG', behindGlass }) }
}
