/** https://www.rfc-editor.org/rfc/rfc7009 */
import { secretHash } from '../store/accounts/codes.ts'
import { revokeGrant } from '../store/smart/grants.ts'
import { grantOfToken } from '../store/smart/tokens.ts'
import { authenticateClient } from './clients/authenticate.ts'
import { type Handler, parametersOf, required } from './exchange.ts'
import { OAuthError } from './oauth-error.ts'
import type { Smart } from './smart.ts'

/** Ends a token with all that was granted together with it. A token that is not known has ended already. */
export function revoke(smart: Smart): Handler {
  return async (request) => {
    const form = parametersOf(request.form)
    const client = await authenticateClient(request, form, smart.urls.revoke, smart)
    const { store, now } = smart.context()
    const found = await grantOfToken(store.database, secretHash(required(form, 'token')))
    if (found && found.client !== client.id)
      throw new OAuthError('invalid_grant', 'The token was issued to another client.')
    if (found) {
      smart.checks.forget()
      await revokeGrant(store.database, found.grant, now())
      smart.checks.forget()
    }
    return { status: 200 }
  }
}
