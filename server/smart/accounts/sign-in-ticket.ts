/** Between the password and the code: a sealed note that the password was right. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { findAccount } from '../../store/accounts/accounts.ts'
import { totpSecret } from '../../store/accounts/second-factors.ts'
import type { SecondFactorPowers } from './second-factor.ts'

type TicketPowers = Pick<SecondFactorPowers, 'database' | 'sealer' | 'now'>

interface Ticket {
  readonly account: string
  readonly until: number
  /** What it was made with. */
  readonly factors: string
}

/** Milliseconds to type a code. */
const ticketAge = 10 * 60_000
const purpose = 'sign-in ticket'

/** For as long as it takes to type a code. */
export async function ticketFor(account: string, powers: TicketPowers): Promise<string> {
  const factors = (await factorsOf(account, powers)) ?? Buffer.alloc(0)
  const ticket: Ticket = { account, until: powers.now() + ticketAge, factors: factors.toString('base64url') }
  return powers.sealer.seal(JSON.stringify(ticket), purpose).toString('base64url')
}

/** Whose ticket it is; undefined where it counts no more: whoever learned the old password is out once it is another. */
export async function accountOfTicket(text: string, powers: TicketPowers): Promise<string | undefined> {
  const ticket = opened(text, powers)
  if (!ticket || ticket.until <= powers.now()) return undefined
  const factors = await factorsOf(ticket.account, powers)
  const sent = Buffer.from(ticket.factors ?? '', 'base64url')
  return factors && sent.length === factors.length && timingSafeEqual(sent, factors) ? ticket.account : undefined
}

/** Becomes another with the password and the second step; undefined where the account is closed. */
async function factorsOf(number: string, { database }: TicketPowers): Promise<Buffer | undefined> {
  const account = await findAccount(database, number)
  if (account?.state !== 'active') return undefined
  const secret = await totpSecret(database, number, 'active')
  return createHash('sha256')
    .update(JSON.stringify([account.password, secret?.toString('base64')]))
    .digest()
}

function opened(text: string, { sealer }: TicketPowers): Ticket | undefined {
  try {
    return JSON.parse(sealer.open(Buffer.from(text.slice(0, 1000), 'base64url'), purpose)) as Ticket
  } catch {
    return undefined
  }
}
