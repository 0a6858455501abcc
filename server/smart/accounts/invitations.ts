/** Letters with a code that says whose an account is. */
import { codeHash, newCode, secretHash, typedCode } from '../../store/accounts/codes.ts'
import {
  addInvitation,
  findInvitation,
  type Invitation,
  revokeInvitation as revokeStored,
  useInvitation as useStored,
} from '../../store/accounts/invitations.ts'
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import { instantOf } from './account-notice.ts'
import type { AccountPowers, RecordPowers } from './account-powers.ts'
import { OtherPersonError, withdrawLinkRequest } from './link-requests.ts'
import { allowedPeriod, storeProxy } from './proxy-access.ts'
import type { ProxyPeriod, ProxyRefusal } from './proxy-period.ts'
import { secondsToWait } from './rate-limit.ts'
import { tellOwners } from './tell-owners.ts'

export interface InvitationAsked {
  /** The id of the Patient. */
  readonly patient: string
  /** The id of the RelatedPerson who is invited to act for the patient; the patient where it is absent. */
  readonly relatedPerson?: string
  /** Who invites: the number of an account, or the id of a client. */
  readonly by: string
}

export type InvitationResult =
  /** The code is shown now and never again. */
  | { readonly kind: 'invited'; readonly number: string; readonly code: string; readonly expires: number }
  | { readonly kind: 'refused'; readonly reason: ProxyRefusal }

export type InvitationUse =
  | { readonly kind: 'linked'; readonly fhirUser: string; readonly patient: string }
  /** There is no such code, or it was used or revoked, or is too old: which of them is not told. */
  | { readonly kind: 'refused' }
  /** The address of the account is yet to be proved. */
  | { readonly kind: 'unverified' }
  /** The account is that of another person: they need one of their own. */
  | { readonly kind: 'other-person' }
  | { readonly kind: 'later'; readonly seconds: number }

/** Milliseconds in which a letter arrives and is read. */
export const invitationAge = 30 * 24 * 3_600_000

/** An earlier invitation of the same person ends. */
export async function invite(powers: RecordPowers, asked: InvitationAsked): Promise<InvitationResult> {
  const { database, now, audit } = powers
  const { patient, relatedPerson, by } = asked
  const reason = await refusalOf(powers, asked)
  if (reason !== undefined) return { kind: 'refused', reason }
  const code = newCode()
  const expires = now() + invitationAge
  const fhirUser = relatedPerson === undefined ? `Patient/${patient}` : `RelatedPerson/${relatedPerson}`
  const number = await database.transaction(async (tx) => {
    const added = await addInvitation(tx, { hash: codeHash(code), patient, fhirUser, by, expires }, now())
    await audit(tx, { kind: 'invited', by, patient, detail: fhirUser })
    return added
  })
  return { kind: 'invited', number, code, expires }
}

/** False where it was used or revoked before, or the patient has no such invitation. */
export async function revokeInvitation(
  powers: AccountPowers,
  invitation: { readonly patient: string; readonly number: string },
  by: string,
): Promise<boolean> {
  const { database, now, audit } = powers
  return database.transaction(async (tx) => {
    const revoked = await revokeStored(tx, invitation, by, now())
    if (revoked) await audit(tx, { kind: 'invitation-revoked', by, patient: revoked.patient })
    return revoked !== undefined
  })
}

/** Links an account with a code as it was typed. A code that cannot be used by this account stays usable. */
export async function useInvitation(
  powers: RecordPowers,
  number: string,
  code: string,
  network: string,
): Promise<InvitationUse> {
  const { database, directory, now, audit } = powers
  const account = await directory.find(database, number)
  if (!account?.emailVerified || account.state !== 'active') return { kind: 'unverified' }
  const seconds = await waitFor(powers, number, network)
  if (seconds > 0) return { kind: 'later', seconds }

  const typed = typedCode(code)
  const hash = typed === undefined ? undefined : secretHash(typed)
  const invitation = hash && (await findInvitation(database, hash, now()))
  const period = invitation && (await periodOf(powers, invitation))
  if (!hash || !invitation || typeof period === 'string') {
    await audit(database, { kind: 'invitation-refused', account: number })
    return { kind: 'refused' }
  }
  if (!maySay(account, invitation)) return { kind: 'other-person' }
  const linked = await linkOrNot(powers, account, { hash, invitation, period })
  if (linked !== 'linked') return { kind: linked }
  await withdrawLinkRequest(powers, number)
  return { kind: 'linked', fhirUser: invitation.fhirUser, patient: invitation.patient }
}

interface Link {
  readonly hash: Buffer
  readonly invitation: Invitation
  /** Of a proxy. */
  readonly period: ProxyPeriod | undefined
}

async function linkOrNot(powers: AccountPowers, account: AccountRecord, given: Link) {
  try {
    const isLinked = await powers.database.transaction((tx) => link(powers, tx, account, given))
    return isLinked ? 'linked' : 'refused'
  } catch (error) {
    if (error instanceof OtherPersonError) return 'other-person'
    throw error
  }
}

async function link(
  powers: AccountPowers,
  tx: Db,
  account: AccountRecord,
  { hash, invitation, period }: Link,
): Promise<boolean> {
  const { directory, now, notify, audit, links } = powers
  const { number } = account
  const { fhirUser, patient, createdBy } = invitation
  const others = await directory.ofPerson(tx, fhirUser)
  if (!(await useStored(tx, hash, number, now()))) return false
  const staysPerson = period !== undefined && account.fhirUser?.startsWith('Patient/') === true
  if (!staysPerson && !(await directory.link(tx, number, fhirUser))) {
    throw new OtherPersonError()
  }
  if (period) await storeProxy(powers, tx, account, { patient, relatedPerson: idOf(fhirUser), by: createdBy }, period)
  await audit(tx, { kind: 'invitation-used', account: number, patient, detail: fhirUser })
  const parameters = { when: instantOf(now()), link: links.signIn }
  const { language } = account
  await notify(tx, account.email!, { template: 'account-linked', parameters, language })
  const before = others.filter((other) => other.number !== number)
  await tellOwners(powers, tx, before, 'account-activated')
  return true
}

/** An account is one person's. A patient may also act for others; staff have accounts of their own for that. */
function maySay({ fhirUser, roles }: AccountRecord, invitation: Invitation): boolean {
  if (fhirUser === undefined || fhirUser === invitation.fhirUser) return true
  return (
    fhirUser.startsWith('Patient/') && roles.includes('patient') && invitation.fhirUser.startsWith('RelatedPerson/')
  )
}

async function waitFor(powers: AccountPowers, account: string, network: string): Promise<number> {
  const own = await secondsToWait(powers, 'invitation-account', account)
  const all = await secondsToWait(powers, 'invitation-network', network)
  return Math.max(own, all)
}

async function refusalOf(
  powers: RecordPowers,
  { patient, relatedPerson }: InvitationAsked,
): Promise<ProxyRefusal | undefined> {
  if (relatedPerson !== undefined) {
    const period = await allowedPeriod(powers, { patient, relatedPerson, starts: powers.now() })
    return typeof period === 'string' ? period : undefined
  }
  const found = await powers.record.read(`Patient/${patient}`)
  if (!found) return 'unknown-person'
  return found['active'] === false ? 'inactive' : undefined
}

/** For how long whoever is invited to act for a patient may do so; undefined for patients themselves. */
async function periodOf(powers: RecordPowers, { patient, fhirUser }: Invitation) {
  if (!fhirUser.startsWith('RelatedPerson/')) return undefined
  return allowedPeriod(powers, { patient, relatedPerson: idOf(fhirUser), starts: powers.now() })
}

function idOf(reference: string): string {
  return reference.slice(reference.indexOf('/') + 1)
}
