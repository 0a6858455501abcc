/** One's own passkeys. */
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { passkeysOf } from '../../store/accounts/passkeys.ts'
import { addMethods } from '../../store/accounts/sessions.ts'
import { addMadePasskey, beginPasskey, removePasskey } from '../accounts/passkeys.ts'
import type { Handler } from '../exchange.ts'
import { formPage } from '../pages/form-page.ts'
import { makePasskeyPage, passkeysPage } from '../pages/passkeys-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords } from '../pages/resource-words.ts'
import type { Smart } from '../smart.ts'
import { ownPage, type Visitor } from './own-page.ts'
import { passwordFault, passwordFields, unproved } from './own-password.ts'
import { parsed, passkeyScript } from './passkey-sign-in.ts'

export const passkeysPath = '/auth/account/passkeys'
export const addPasskeyPath = '/auth/account/passkeys/add'

export function ownPasskeys(smart: Smart): Handler {
  return ownPage(
    smart,
    passkeysPath,
    (visitor) => list(visitor),
    async (form, visitor) => {
      const { accounts, session, texts } = visitor
      const { number } = session.account
      const id = form.get('remove') ?? ''
      const key = (await passkeysOf(accounts.database, number)).find(({ credential }) => idOf(credential) === id)
      if (!key) return list(visitor)
      const { title, remove: submit } = texts.passkeys
      const removal = { title, lead: `${submit}: ${key.name}`, submit, hidden: { remove: id }, back: passkeysPath }
      const asked = await unproved(form, visitor, removal)
      if (asked) return asked
      const removed = await removePasskey(accounts, number, id)
      return list(visitor, removed ? texts.passkeys.removed : undefined)
    },
  )
}

async function list({ accounts, session, request, texts }: Visitor, note?: string): Promise<PersonPage> {
  const found = await passkeysOf(accounts.database, session.account.number)
  const day = (time: number) => dateInWords(new Date(time).toISOString(), request.language)
  const passkeys = found.map(({ credential, name, created, used }) => ({
    ...{ id: idOf(credential), name, since: day(created) },
    used: used === null ? undefined : day(used),
  }))
  return passkeysPage({ passkeys, note, addPath: addPasskeyPath }, texts)
}

function idOf(credential: Buffer): string {
  return credential.toString('base64url')
}

/** First the password, then what the browser makes. */
export function addPasskey(smart: Smart): Handler {
  return ownPage(
    smart,
    addPasskeyPath,
    (visitor) => confirmForm(visitor),
    async (form, visitor) => {
      const { accounts, session, texts } = visitor
      const sent = form.get('passkey')
      if (sent !== null) return added(sent, form.get('name') ?? '', visitor)
      const fault = await passwordFault(form, visitor)
      if (fault !== undefined) return confirmForm(visitor, fault)
      const owner = await accounts.directory.find(accounts.database, session.account.number)
      const options = await beginPasskey(accounts, owner!)
      return makePasskeyPage({ options: JSON.stringify(options), script: passkeyScript }, texts)
    },
  )
}

/** A challenge is made for whoever has typed the password, so that nobody else has one to answer. */
async function added(sent: string, name: string, visitor: Visitor): Promise<PersonPage> {
  const { accounts, session, texts } = visitor
  const response = parsed<RegistrationResponseJSON>(sent)
  const isAdded = response !== undefined && (await addMadePasskey(accounts, session.account.number, response, name))
  if (!isAdded) return confirmForm(visitor, undefined, texts.passkeys.failed)
  await addMethods(accounts.database, session.hash, ['user', 'mfa'])
  const links = [{ href: passkeysPath, text: texts.address.goOn, strong: true }]
  return formPage({ title: texts.passkeys.title, note: texts.passkeys.added, links }, texts)
}

async function confirmForm(visitor: Visitor, fault?: string, problem?: string): Promise<PersonPage> {
  const { texts } = visitor
  const fields = await passwordFields(visitor, fault)
  const links = [{ href: passkeysPath, text: texts.back }]
  const words = problem ?? (fields.length === 0 ? fault : undefined)
  const { add: title, lead } = texts.passkeys
  return formPage({ title, lead: [lead], problem: words, fields, submit: texts.continue, links }, texts)
}
