/** That somebody may add a way in: for some minutes after they typed the password. */
import type { Session } from '../people.ts'
import type { Guest } from './open-page.ts'
import type { Visitor } from './own-page.ts'
import { isRecent } from './own-password.ts'

/** That the password was typed. */
interface Proof {
  readonly account: string
  /** Milliseconds. */
  readonly until: number
}

const purpose = 'external link'
const proofAge = 5 * 60_000

/** For who has just typed the password. */
export function proofOf({ smart, accounts, session }: Visitor): string {
  const proof: Proof = { account: session.account.number, until: accounts.now() + proofAge }
  return smart.context().sealer.seal(JSON.stringify(proof), purpose).toString('base64url')
}

/** Who finds a browser open is not to add a way in of their own: the person has just signed in, or typed the password. */
export function isProved(session: Session, proof: string, { smart, accounts }: Guest): boolean {
  if (isRecent({ accounts, session })) return true
  try {
    const text = smart.context().sealer.open(Buffer.from(proof, 'base64url'), purpose)
    const { account, until } = JSON.parse(text) as Proof
    return account === session.account.number && accounts.now() < until
  } catch {
    return false
  }
}
