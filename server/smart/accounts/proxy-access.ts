/** Acting for another: a guardian for a child, a daughter for her father. */
import { type GrantedProxy, revokeProxy as revokeStored } from '../../store/accounts/granted-proxies.ts'
import { addProxy } from '../../store/accounts/proxies.ts'
import type { Db } from '../../store/database.ts'
import type { AccountRecord } from './account-directory.ts'
import type { AccountPowers, RecordPowers } from './account-powers.ts'
import { type ProxyAsked, type ProxyPeriod, type ProxyRefusal, proxyPeriod } from './proxy-period.ts'
import { tellOwners } from './tell-owners.ts'

export interface ProxyGrant extends Partial<ProxyAsked> {
  /** The number of the account. */
  readonly account: string
  /** Ids of the Patient and of the RelatedPerson. */
  readonly patient: string
  readonly relatedPerson: string
  /** Who says so: the number of an account of staff, or the id of a client. */
  readonly by: string
}

export type ProxyResult =
  | ({ readonly kind: 'granted' } & ProxyPeriod)
  | { readonly kind: 'refused'; readonly reason: ProxyRefusal | 'unknown-account' }

/** From now on, or from `starts`. */
export async function grantProxy(powers: RecordPowers, grant: ProxyGrant): Promise<ProxyResult> {
  const { database, directory, now } = powers
  const account = await directory.find(database, grant.account)
  if (account?.state !== 'active') return { kind: 'refused', reason: 'unknown-account' }
  const period = await allowedPeriod(powers, { starts: now(), ...grant })
  if (typeof period === 'string') return { kind: 'refused', reason: period }
  await database.transaction((tx) => storeProxy(powers, tx, account, grant, period))
  return { kind: 'granted', ...period }
}

/** What the resources say about who may act for whom, and until when. */
export async function allowedPeriod(
  { record, ageOfConsent }: Pick<RecordPowers, 'record' | 'ageOfConsent'>,
  { patient, relatedPerson, starts, ends }: Pick<ProxyGrant, 'patient' | 'relatedPerson'> & ProxyAsked,
): Promise<ProxyPeriod | ProxyRefusal> {
  const [one, other] = await Promise.all([
    record.read(`Patient/${patient}`),
    record.read(`RelatedPerson/${relatedPerson}`),
  ])
  return proxyPeriod(one, other, { starts, ...(ends !== undefined && { ends }) }, ageOfConsent)
}

/** Whoever acts, and the patients, are told that something has changed. */
export async function storeProxy(
  powers: AccountPowers,
  tx: Db,
  account: AccountRecord,
  { patient, relatedPerson, by }: Pick<ProxyGrant, 'patient' | 'relatedPerson' | 'by'>,
  period: ProxyPeriod,
): Promise<void> {
  const { now, audit } = powers
  await addProxy(tx, { account: account.number, patient, relatedPerson, by, ...period }, now())
  await audit(tx, { kind: 'proxy-granted', account: account.number, by, patient })
  await tellOwners(powers, tx, [account, ...(await ofPatient(powers, tx, patient))], 'proxies-changed')
}

/** At once; false where it was revoked before, or there is none. */
export async function revokeProxy(powers: AccountPowers, number: string, by: string): Promise<boolean> {
  const { database, directory, now, audit } = powers
  return database.transaction(async (tx) => {
    const revoked = await revokeStored(tx, number, by, now())
    if (!revoked) return false
    const { account, patient } = revoked
    await audit(tx, { kind: 'proxy-revoked', account, by, patient })
    const holder = await directory.find(tx, account)
    await tellOwners(
      powers,
      tx,
      [...(holder ? [holder] : []), ...(await ofPatient(powers, tx, patient))],
      'proxies-changed',
    )
    return true
  })
}

/** Whether a proxy counts at a time. */
export function isProxyNow({ starts, ends, revoked }: GrantedProxy, now: number): boolean {
  return revoked === null && starts <= now && (ends === null || now < ends)
}

function ofPatient({ directory }: AccountPowers, tx: Db, patient: string): Promise<readonly AccountRecord[]> {
  return directory.ofPerson(tx, `Patient/${patient}`)
}
