/** From an access token to the caller that it stands for. */
import type { Caller } from '../access/caller.ts'
import { secretHash } from '../store/accounts/codes.ts'
import { batcher } from '../store/batcher.ts'
import type { Db } from '../store/database.ts'
import { findTokens, noteUse, type TokenRecord } from '../store/smart/tokens.ts'
import type { AccountNow, People } from './people.ts'

export interface TokenChecks {
  /** Undefined for what is no access token, or none any more. The same object as long as nothing has changed. */
  callerOf(token: string): Promise<Caller | undefined>
  /** The same where it is known by now: most requests need not wait for it. */
  known(token: string): Caller | undefined
  /** Something was revoked or changed by this process: everything is looked up again. */
  forget(): void
}

export interface TokenCheckOptions {
  readonly db: Db
  readonly people: Pick<People, 'account'>
  readonly now: () => number
  /** Tokens that are remembered. */
  readonly most?: number
}

interface Known {
  readonly caller: Caller
  /** What it was made of. */
  readonly source: string
  /** Until then nothing is looked up, unless something was revoked. */
  readonly until: number
  readonly epoch: number
}

/** Milliseconds: what another process revokes ends here within a second. */
const trusted = 800
/** Milliseconds after which the use of a grant is noted again. */
const noted = 60_000
const mostTokens = 20_000
const batches = { atOnce: 4, items: 200 }

/** What every token of ours looks like: nothing else is looked up. */
const form = /^[\w-]{43}$/

export function tokenChecks({ db, people, now, most = mostTokens }: TokenCheckOptions): TokenChecks {
  const known = new Map<string, Known>()
  const asking = new Map<string, Promise<Caller | undefined>>()
  // What was asked before something was revoked is not remembered.
  let epoch = 0

  const ask = async (token: string): Promise<Caller | undefined> => {
    const began = epoch
    const time = now()
    const found = await lookUp(token, time)
    const before = known.get(token)
    known.delete(token)
    if (!found) return undefined
    const source = JSON.stringify(found.caller)
    const caller = before?.source === source ? before.caller : found.caller
    if (began === epoch) {
      if (known.size >= most) known.delete(known.keys().next().value!)
      known.set(token, { caller, source, until: Math.min(time + trusted, found.expires), epoch })
    }
    return caller
  }

  // Tokens that are used at once are looked up again at once.
  const find = batcher<Buffer, TokenRecord | undefined>(async (hashes) => {
    const records = await findTokens(db, hashes, ['access'], now())
    return records.map((value) => ({ status: 'fulfilled', value }))
  }, batches)

  const lookUp = async (token: string, time: number) => {
    const record = await find(secretHash(token))
    if (!record) return undefined
    const account = record.account === null ? undefined : await people.account(record.account)
    if (record.account !== null && !account) return undefined
    if (record.used === null || time - record.used > noted) noteUse(db, record.grant, time).catch(() => {})
    return { caller: callerOf(record, account), expires: record.expires }
  }

  const knownNow = (token: string): Caller | undefined => {
    const found = known.get(token)
    return found?.epoch === epoch && now() < found.until ? found.caller : undefined
  }

  return {
    known: knownNow,
    callerOf: async (token) => {
      const found = knownNow(token)
      if (found) return found
      if (!form.test(token)) return undefined
      const under = asking.get(token)
      if (under) return under
      const answer = ask(token).finally(() => {
        if (asking.get(token) === answer) asking.delete(token)
      })
      asking.set(token, answer)
      return answer
    },
    forget: () => {
      epoch += 1
      asking.clear()
    },
  }
}

function callerOf({ client, grant, scopes, patient, encounter }: TokenRecord, now: AccountNow | undefined): Caller {
  return {
    client,
    grant,
    scopes: scopes.split(' '),
    ...(now && { account: now.account }),
    ...(patient !== null && { patient }),
    ...(encounter !== null && { encounter }),
    ...(now?.purposeOfUse !== undefined && { purposeOfUse: now.purposeOfUse }),
    ...(now?.behindGlass && { behindGlass: now.behindGlass }),
  }
}
