/** What happens to accounts, in the audit log: written in the transaction that it is part of. */
import type { Context } from '../../context.ts'
import { type AuditCoding, type AuditedCaller, type AuditRecord, packRecord } from '../../fhir/audit/record.ts'
import { findAccount } from '../../store/accounts/accounts.ts'
import { addToJournal } from '../../store/audit.ts'
import type { Db } from '../../store/database.ts'
import type { AccountEvent, AccountEventKind, Audit } from './account-event.ts'

/** Nothing is written where the context has no audit log. */
export function accountAudit(context: () => Context): Audit {
  return async (db, event) => {
    const { audit, now } = context()
    if (!audit) return
    await addToJournal(db, packRecord(await recordOf(db, event, now())))
  }
}

const dicom = (code: string, display: string): AuditCoding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
})

/** https://dicom.nema.org/medical/dicom/current/output/html/part16.html#DCM_110114 */
const authentication = dicom('110114', 'User Authentication')
const security = dicom('110113', 'Security Alert')
const login = dicom('110122', 'Login')
const logout = dicom('110123', 'Logout')
const attributes = dicom('110137', 'User Security Attributes Changed')
const roles = dicom('110136', 'Security Roles Changed')
const overrideStarted = dicom('110127', 'Emergency Override Started')
const overrideStopped = dicom('110138', 'Emergency Override Stopped')

interface EventWords {
  readonly type: AuditCoding
  readonly subtype: AuditCoding
  readonly action: 'C' | 'U' | 'D' | 'E'
  readonly text: string
  /** It was refused. */
  readonly refused?: true
}

function event(subtype: AuditCoding, action: EventWords['action'], text: string): EventWords {
  return { type: subtype === login || subtype === logout ? authentication : security, subtype, action, text }
}

function refusal(text: string): EventWords {
  return { ...event(login, 'E', text), refused: true }
}

const words: Readonly<Record<AccountEventKind, EventWords>> = {
  'signed-in': event(login, 'E', 'Signed in'),
  'signed-out': event(logout, 'E', 'Signed out'),
  'sign-in-refused': refusal('sign-in-refused'),
  'sign-in-delayed': refusal('sign-in-delayed'),
  'second-factor-refused': refusal('second-factor-refused'),
  'passkey-refused': refusal('passkey-refused'),
  'invitation-refused': { ...event(roles, 'E', 'invitation-refused'), refused: true },
  registered: event(attributes, 'C', 'An account was made'),
  'address-verified': event(attributes, 'U', 'The e-mail address was confirmed'),
  'address-change-requested': event(attributes, 'E', 'Another e-mail address was entered'),
  'address-changed': event(attributes, 'U', 'The e-mail address was changed'),
  'name-changed': event(attributes, 'U', 'The name of the account was changed'),
  'password-changed': event(attributes, 'U', 'The password was changed'),
  'password-reset-requested': event(attributes, 'E', 'A new password was asked for'),
  'password-reset': event(attributes, 'U', 'The password was reset'),
  'second-factor-added': event(attributes, 'U', 'A second factor was added'),
  'second-factor-removed': event(attributes, 'U', 'The second factor was removed'),
  'backup-codes-made': event(attributes, 'U', 'Backup codes were made'),
  'backup-code-used': event(attributes, 'E', 'A backup code was used'),
  'passkey-added': event(attributes, 'U', 'A passkey was added'),
  'passkey-removed': event(attributes, 'U', 'A passkey was removed'),
  invited: event(roles, 'C', 'Was invited'),
  'invitation-revoked': event(roles, 'D', 'An invitation was revoked'),
  'invitation-used': event(roles, 'U', 'An invitation was used'),
  'link-requested': event(roles, 'E', 'The practice was asked whose the account is'),
  'link-decided': event(roles, 'U', 'The practice said whose the account is'),
  'terms-accepted': event(attributes, 'E', 'The terms of use were accepted'),
  'consent-given': event(roles, 'U', 'An app was let in'),
  'consent-withdrawn': event(roles, 'D', 'An app was stopped'),
  'proxy-granted': event(roles, 'C', 'Somebody may act for the patient'),
  'proxy-revoked': event(roles, 'D', 'Somebody may act for the patient no more'),
  'roles-changed': event(roles, 'U', 'The roles of an account were changed'),
  'glass-broken': event(overrideStarted, 'E', 'Emergency access began'),
  'glass-closed': event(overrideStopped, 'E', 'Emergency access ended'),
  'glass-reviewed': event(security, 'E', 'Emergency access was reviewed'),
  'identity-linked': event(attributes, 'U', 'Another way to sign in was added'),
  'identity-unlinked': event(attributes, 'U', 'A way to sign in was removed'),
}

async function recordOf(db: Db, given: AccountEvent, now: number): Promise<AuditRecord> {
  const { kind, account, patient, detail, address } = given
  const { type, subtype, action, text, refused } = words[kind]
  const { who, own } = await actor(db, given)
  const concerned = patient ?? own
  const code = { type, subtype, action, text: detail === undefined ? text : `${text}: ${detail}` }
  return {
    t: now,
    who: { ...who, ...(kind === 'glass-broken' && { purpose: 'BTG' }) },
    code,
    status: refused ? 400 : 200,
    ...(address !== undefined && { address }),
    ...(refused && { fault: text }),
    ...(concerned !== undefined && { patients: [concerned] }),
    ...(account !== undefined && { query: `account/${account}` }),
  }
}

/** Who did it, and, where the account is a patient's, that patient. */
async function actor(db: Db, { account, by, client }: AccountEvent) {
  const doer = by ?? account
  const isAccount = doer !== undefined && /^\d{1,18}$/.test(doer)
  const found = isAccount ? await findAccount(db, doer) : undefined
  const owner = account === doer || account === undefined ? found : await findAccount(db, account)
  const [ownType, ownId] = owner?.fhirUser?.split('/') ?? []
  const app = client ?? (isAccount ? undefined : by)
  const who: AuditedCaller = {
    ...(app !== undefined && { client: app }),
    ...(isAccount && { account: doer }),
    ...(found && { roles: found.roles }),
    ...(found?.fhirUser && { user: found.fhirUser }),
  }
  return { who, own: ownType === 'Patient' ? ownId : undefined }
}
