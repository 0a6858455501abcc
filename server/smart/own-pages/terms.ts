/** Terms of use: whoever goes on has accepted the version that counts. */
import { acceptTerms, termsToAccept } from '../accounts/terms.ts'
import type { Handler, SmartReply } from '../exchange.ts'
import type { PersonPage } from '../pages/person-layout.ts'
import { termsPage } from '../pages/terms-page.ts'
import type { Smart } from '../smart.ts'
import { localPath, ownPage, termsPath, type Visitor } from './own-page.ts'

export function acceptOwnTerms(smart: Smart): Handler {
  return ownPage(
    smart,
    termsPath,
    (visitor) => page(visitor),
    async (form, visitor) => {
      const isTicked = form.get('accept') === '1'
      if (!isTicked) return page(visitor, true)
      // Another version than was read is accepted by nobody.
      await acceptTerms(visitor.accounts, visitor.session.account.number, form.get('version') ?? '')
      return page(visitor)
    },
  )
}

async function page(visitor: Visitor, isUnticked = false): Promise<PersonPage | SmartReply> {
  const { accounts, session, request, texts } = visitor
  const terms = await termsToAccept(accounts, session.account.number)
  if (!terms) return { status: 303, location: localPath(new URLSearchParams(request.query).get('next')) }
  return termsPage({ ...terms, isUnticked }, texts)
}
