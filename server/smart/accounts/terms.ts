/** Terms of use: whoever signs in accepts the version that counts, once; older acceptances are kept. */
import type { JsonObject } from '../../fhir/json.ts'
import {
  acceptancesOf,
  addAcceptance,
  addTerms,
  currentTerms,
  findTerms,
  noteConsent,
  type Terms,
} from '../../store/accounts/terms.ts'
import type { AccountRecord } from './account-directory.ts'
import type { AccountPowers, RecordPowers } from './account-powers.ts'

/** False where there is that version already. It counts from `effective` on. */
export async function publishTerms(
  { database, now }: Pick<AccountPowers, 'database' | 'now'>,
  terms: Terms,
): Promise<boolean> {
  return addTerms(database, terms, now())
}

/** What an account is to be asked for before it goes on; undefined where nothing is. */
export async function termsToAccept(
  { database, now }: Pick<AccountPowers, 'database' | 'now'>,
  account: string,
): Promise<Terms | undefined> {
  const terms = await currentTerms(database, now())
  const accepted = terms && (await acceptancesOf(database, account))
  return accepted?.some(({ version }) => version === terms?.version) ? undefined : terms
}

/** Keeps that the account accepts a version, with a Consent that says so; false where there is none. */
export async function acceptTerms(powers: RecordPowers, account: string, version: string): Promise<boolean> {
  const { database, directory, record, now, audit } = powers
  const [terms, owner] = await Promise.all([findTerms(database, version), directory.find(database, account)])
  if (!terms || !owner) return false
  const isNew = await database.transaction(async (tx) => {
    const added = await addAcceptance(tx, account, version, now())
    if (added) await audit(tx, { kind: 'terms-accepted', account, detail: version })
    return added
  })
  const kept = isNew ? undefined : (await acceptancesOf(database, account)).find((one) => one.version === version)
  if (kept?.consent) return true
  const identifier = { system: 'urn:candela:terms-acceptance', value: `${account}|${version}` }
  await noteConsent(database, account, version, await record.add(acceptanceConsent(owner, version, now()), identifier))
  return true
}

/** https://hl7.org/fhir/R4/consent.html. Its scope is not privacy: it permits and denies nothing. */
export function acceptanceConsent({ number, fhirUser }: AccountRecord, version: string, now: number): JsonObject {
  const coding = [{ system: 'urn:candela:consent', code: 'terms-of-use', display: 'Terms of use' }]
  const person: JsonObject = fhirUser === undefined ? {} : { reference: fhirUser }
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding },
    category: [{ coding }],
    ...(fhirUser?.startsWith('Patient/') && { patient: { reference: fhirUser } }),
    dateTime: new Date(now).toISOString(),
    performer: [{ ...person, identifier: { system: 'urn:candela:account', value: number } }],
    policy: [{ uri: `urn:candela:terms-of-use:${encodeURIComponent(version)}` }],
  }
}
