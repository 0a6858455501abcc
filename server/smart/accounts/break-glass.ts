/**
 * Breaking the glass: in an emergency somebody who may not open a record opens it, and says why. It ends by itself, the
 * patient and those who review it are told, and nobody reviews their own.
 */
import type { Context } from '../../context.ts'
import { addBreak, endBreak, openBreaks, reviewBreak } from '../../store/accounts/break-glass.ts'
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import { type AccountNotice, instantOf } from './account-notice.ts'
import type { AccountPowers, RecordPowers } from './account-powers.ts'

/** Milliseconds. */
export const glassTime = 60 * 60_000

const shortestReason = 10
const longestReason = 2000

/** The role of those who are told to review it. */
export const reviewers = 'admin'

/** Whether one of several roles may do it, as the policies of now have it. */
export function breaksGlass(context: () => Pick<Context, 'accessSource'>): RecordPowers['breaksGlass'] {
  return async (roles) => {
    const { policies } = await context().accessSource.latest()
    return roles.some((role) => policies.get(role)?.breaksGlass)
  }
}

export interface GlassAsked {
  /** The number of the account. */
  readonly account: string
  /** The id of the Patient. */
  readonly patient: string
  readonly reason: string
}

export type GlassResult =
  | { readonly kind: 'broken'; readonly number: string; readonly until: number }
  | { readonly kind: 'refused'; readonly reason: 'role' | 'unknown-patient' | 'reason-too-short' | 'reason-too-long' }

/** Where it goes on already, it is not prolonged: another reason is another entry, once that one has ended. */
export async function breakGlass(powers: RecordPowers, { account, patient, reason }: GlassAsked): Promise<GlassResult> {
  const { database, directory, record, now } = powers
  const who = await directory.find(database, account)
  if (who?.state !== 'active' || !(await powers.breaksGlass(who.roles))) return refused('role')
  const text = reason.trim()
  if ([...text].length < shortestReason) return refused('reason-too-short')
  if (text.length > longestReason) return refused('reason-too-long')
  if (!(await record.read(`Patient/${patient}`))) return refused('unknown-patient')

  const until = now() + glassTime
  return database.transaction(async (tx) => {
    const open = (await openBreaks(tx, account, now())).find((one) => one.patient === patient)
    if (open) return { kind: 'broken', number: open.number, until: open.until }
    const number = await addBreak(tx, { account, patient, reason: text, until }, now())
    await powers.audit(tx, { kind: 'glass-broken', account, patient, detail: text })
    await tellAbout(powers, tx, { number, patient })
    return { kind: 'broken', number, until }
  })
}

/** Ids of the patients whose records an account has opened in an emergency that goes on. */
export async function patientsBehindGlass(
  { database, now }: Pick<AccountPowers, 'database' | 'now'>,
  account: string,
): Promise<readonly string[]> {
  const open = await openBreaks(database, account, now())
  return [...new Set(open.map(({ patient }) => patient))]
}

/** Ends it before its time; false where it has ended, or is another's. */
export async function closeGlass(powers: AccountPowers, number: string, account: string): Promise<boolean> {
  const { database, now, audit } = powers
  return database.transaction(async (tx) => {
    const ended = await endBreak(tx, number, account, now())
    if (ended) await audit(tx, { kind: 'glass-closed', account, patient: ended.patient })
    return ended !== undefined
  })
}

/** Keeps what a reviewer found; false where it was reviewed before, or is the reviewer's own. */
export async function reviewGlass(
  powers: AccountPowers,
  number: string,
  { by, finding }: { readonly by: string; readonly finding: string },
): Promise<boolean> {
  const { database, now, audit } = powers
  return database.transaction(async (tx) => {
    const reviewed = await reviewBreak(tx, number, { by, finding }, now())
    if (!reviewed) return false
    await audit(tx, {
      kind: 'glass-reviewed',
      account: reviewed.account,
      by,
      patient: reviewed.patient,
      detail: finding,
    })
    return true
  })
}

async function tellAbout(
  powers: AccountPowers,
  tx: Db,
  { number, patient }: { readonly number: string; readonly patient: string },
): Promise<void> {
  const { directory, now, links } = powers
  const when = instantOf(now())
  const review = { template: 'glass-broken', parameters: { when, what: number, link: links.review } } as const
  await send(powers, tx, await directory.withRole(tx, reviewers), review)
  const opened = { template: 'record-opened', parameters: { when, link: links.account } } as const
  await send(powers, tx, await directory.ofPerson(tx, `Patient/${patient}`), opened)
}

async function send(
  { notify }: AccountPowers,
  tx: Db,
  accounts: readonly AccountRecord[],
  notice: Omit<AccountNotice, 'language'>,
): Promise<void> {
  for (const { email, emailVerified, language } of accounts) {
    if (email !== undefined && emailVerified) await notify(tx, email, { ...notice, language })
  }
}

function refused(reason: Extract<GlassResult, { kind: 'refused' }>['reason']): GlassResult {
  return { kind: 'refused', reason }
}
