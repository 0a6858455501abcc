/** The second step of signing in: setting it up, new backup codes, and turning it off. */
import QRCode from 'qrcode'
import { addMethods } from '../../store/accounts/sessions.ts'
import type { AccountChange } from '../accounts/account-notice.ts'
import {
  beginTotp,
  confirmTotp,
  hasTotp,
  pendingTotp,
  removeTotp,
  renewBackupCodes,
  type SecondFactorPowers,
} from '../accounts/second-factor.ts'
import { tellOwners } from '../accounts/tell-owners.ts'
import { type Handler, type SmartReply, withQuery } from '../exchange.ts'
import { backupCodesPage, enrolPage } from '../pages/enrol-page.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import type { Smart } from '../smart.ts'
import { accountPath, ownPage, type Visitor } from './own-page.ts'
import { passwordFault, passwordFields } from './own-password.ts'

export const secondFactorPath = '/auth/account/second-factor'
export const backupCodesPath = '/auth/account/backup-codes'
export const turnOffPath = '/auth/account/turn-off'

/** What authenticator apps call this. */
const issuer = 'Candela'

/** A new key each time that the page is opened; the same while a code of it is mistyped. */
export function secondFactor(smart: Smart): Handler {
  return ownPage(
    smart,
    secondFactorPath,
    (visitor) => enrol(visitor, false),
    async (form, visitor) => {
      const { session, accounts, texts } = visitor
      const codes = await confirmTotp(powersOf(visitor), session.account.number, form.get('otp')?.trim() ?? '')
      if (!codes) return enrol(visitor, true)
      await addMethods(accounts.database, session.hash, ['otp', 'mfa'])
      await tell(visitor, 'second-step-on')
      return backupCodesPage(codes, texts, waitingRequest(visitor))
    },
  )
}

/** Where an app waits that demands a second step. */
function waitingRequest({ request }: Visitor): string | undefined {
  const handle = new URLSearchParams(request.query).get('request') ?? ''
  return /^[\w-]{43}$/.test(handle) ? withQuery('/auth/authorize/next', { request: handle }) : undefined
}

async function enrol(visitor: Visitor, isWrong: boolean): Promise<PersonPage> {
  const { session, texts } = visitor
  const owner = { number: session.account.number, label: session.name }
  const pending = isWrong ? await pendingTotp(powersOf(visitor), owner, issuer) : undefined
  const { secret, uri } = pending ?? (await beginTotp(powersOf(visitor), owner, issuer))
  const svg = await QRCode.toString(uri, { type: 'svg', margin: 1 })
  return enrolPage({ picture: { html: svg }, secret, isWrong }, texts)
}

/** The old ones end. */
export function newBackupCodes(smart: Smart): Handler {
  return ownPage(
    smart,
    backupCodesPath,
    (visitor) => confirmed(visitor, backupTexts(visitor)),
    async (form, visitor) => {
      const fault = await passwordFault(form, visitor)
      if (fault !== undefined) return confirmed(visitor, backupTexts(visitor), fault)
      const codes = await renewBackupCodes(powersOf(visitor), visitor.session.account.number)
      await tell(visitor, 'backup-codes-made')
      return backupCodesPage(codes, visitor.texts)
    },
  )
}

export function turnOffSecondFactor(smart: Smart): Handler {
  return ownPage(
    smart,
    turnOffPath,
    (visitor) => (isDemanded(visitor) ? demanded(visitor) : confirmed(visitor, offTexts(visitor))),
    async (form, visitor) => {
      if (isDemanded(visitor)) return demanded(visitor)
      const fault = await passwordFault(form, visitor)
      if (fault !== undefined) return confirmed(visitor, offTexts(visitor), fault)
      await removeTotp(powersOf(visitor), visitor.session.account.number)
      await tell(visitor, 'second-step-off')
      const { texts } = visitor
      const links = [{ href: accountPath, text: texts.security.back, strong: true }]
      return formPage({ title: texts.account.secondFactor, note: texts.security.isOff, links }, texts)
    },
  )
}

interface Words {
  readonly title: string
  readonly lead: readonly string[]
}

const backupTexts = ({ texts }: Visitor): Words => ({ title: texts.security.renewCodes, lead: [] })
const offTexts = ({ texts }: Visitor): Words => ({ title: texts.security.turnOff, lead: [texts.security.offLead] })

function isDemanded({ session, smart }: Visitor): boolean {
  const { mfaRoles } = smart.context().config
  return session.account.roles.some((role) => mfaRoles.includes(role))
}

async function demanded({ texts }: Visitor): Promise<PersonPage> {
  const links = [{ href: accountPath, text: texts.security.back, strong: true }]
  return formPage({ title: texts.security.turnOff, lead: [texts.security.isNeeded], links }, texts)
}

async function confirmed(visitor: Visitor, { title, lead }: Words, fault?: string): Promise<PersonPage | SmartReply> {
  const { accounts, session, texts } = visitor
  if (!(await hasTotp(accounts, session.account.number))) return { status: 303, location: secondFactorPath }
  const fields = await passwordFields(visitor, fault)
  const problem = fields.length === 0 ? fault : undefined
  const links = [{ href: accountPath, text: texts.security.back }]
  return formPage({ title, lead, problem, fields, submit: texts.continue, links }, texts)
}

function powersOf({ smart, accounts }: Visitor): SecondFactorPowers {
  const { sealer } = smart.context()
  return { ...accounts, sealer }
}

async function tell({ accounts, session }: Visitor, what: AccountChange): Promise<void> {
  const owner = await accounts.directory.find(accounts.database, session.account.number)
  if (owner) await tellOwners(accounts, accounts.database, [owner], what)
}
