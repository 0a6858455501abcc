/** What one is called at other OpenID providers. */
import { identitiesOf } from '../../store/accounts/identities.ts'
import { passkeysOf } from '../../store/accounts/passkeys.ts'
import { unlinkIdentity } from '../accounts/external-identity.ts'
import { type Handler, withQuery } from '../exchange.ts'
import { externalPage } from '../pages/external-page.ts'
import { fill } from '../pages/fill.ts'
import { formPage } from '../pages/form-page.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { dateInWords } from '../pages/resource-words.ts'
import type { Smart } from '../smart.ts'
import { beginExternalPath, ownExternalPath, providerName } from './external.ts'
import { proofOf } from './external-proof.ts'
import { accountPath, csrfOf, ownPage, type Visitor } from './own-page.ts'
import { isRecent, passwordFault, passwordFields, unproved } from './own-password.ts'

export function ownExternal(smart: Smart): Handler {
  return ownPage(
    smart,
    ownExternalPath,
    (visitor) => page(visitor),
    async (form, visitor) => {
      const { accounts, session, texts } = visitor
      const { number } = session.account
      if (form.get('do') === 'link') return proved(form, visitor)
      const found = await identitiesOf(accounts.database, number)
      const chosen = found.find(({ issuer, subject }) => `${issuer} ${subject}` === form.get('unlink'))
      if (!chosen) return page(visitor)
      const account = await accounts.directory.find(accounts.database, number)
      const keys = await passkeysOf(accounts.database, number)
      const isOnly = account?.password === undefined && keys.length === 0 && found.length === 1
      if (isOnly) return { ...(await page(visitor, texts.external.needsPassword)), status: 409 }
      const { title, unlink: submit } = texts.external
      const lead = `${submit}: ${providerName(chosen.issuer)}`
      const hidden = { unlink: `${chosen.issuer} ${chosen.subject}` }
      const asked = await unproved(form, visitor, { title, lead, submit, hidden, back: ownExternalPath })
      if (asked) return asked
      await unlinkIdentity(accounts, number, chosen)
      return page(visitor, texts.external.unlinked)
    },
  )
}

/** The password was asked for: where it is right the way to the provider is open for some minutes. */
async function proved(form: URLSearchParams, visitor: Visitor): Promise<PersonPage> {
  const { smart, session, texts } = visitor
  const fault = await passwordFault(form, visitor)
  if (fault !== undefined) return page(visitor, undefined, fault)
  const href = withQuery(beginExternalPath, { link: csrfOf(session), proof: proofOf(visitor), next: ownExternalPath })
  const name = providerName(smart.context().config.oidcIssuer!)
  const links = [{ href, text: fill(texts.external.link, { name }), strong: true }]
  return formPage({ title: texts.external.title, links }, texts)
}

async function page(visitor: Visitor, note?: string, fault?: string): Promise<PersonPage> {
  const { smart, accounts, session, request, texts } = visitor
  const { oidcIssuer } = smart.context().config
  const found = await identitiesOf(accounts.database, session.account.number)
  const identities = found.map(({ issuer, subject, created }) => ({
    id: `${issuer} ${subject}`,
    name: providerName(issuer),
    since: dateInWords(new Date(created).toISOString(), request.language),
  }))
  const fields = isRecent(visitor) ? undefined : await passwordFields(visitor, fault)
  const link =
    oidcIssuer === undefined ? undefined : { name: providerName(oidcIssuer), path: beginExternalPath, fields }
  // Who has no password is told above the form.
  const problem = fields?.length === 0 ? fault : undefined
  return externalPage({ identities, link, note: note ?? problem, back: accountPath }, texts)
}
