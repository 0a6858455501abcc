/** Backend services: no person takes part. https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html */
import { narrowScopes, parseScopes, printScopes } from '../../access/scope.ts'
import type { Context } from '../../context.ts'
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'
import { addGrant } from '../../store/smart/grants.ts'
import { addToken } from '../../store/smart/tokens.ts'
import { required } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import { usableScopes } from '../usable-scopes.ts'
import { lifetimes } from './lifetimes.ts'
import type { GrantHandler } from './token.ts'

export const clientCredentials: GrantHandler = async (form, client, smart) => {
  const { access, scopes } = await issueServiceToken(client, required(form, 'scope'), smart.context())
  return {
    status: 200,
    json: { access_token: access, token_type: 'Bearer', expires_in: lifetimes.serviceAccess / 1000, scope: scopes },
  }
}

/** A token with what of the scopes the client is registered for; throws `invalid_scope` where that is nothing. */
export async function issueServiceToken(
  client: ClientRecord,
  asked: string,
  context: Context,
): Promise<{ readonly access: string; readonly scopes: string }> {
  const { store, now } = context
  const usable = usableScopes(parseScopes(asked).scopes, context)
  const ofSystem = usable.filter((scope) => scope.kind === 'resource' && scope.context === 'system')
  const granted = narrowScopes(ofSystem, parseScopes(client.scopes).scopes)
  if (granted.length === 0) {
    throw new OAuthError('invalid_scope', 'None of these is a system scope that the client is registered for.')
  }
  const scopes = printScopes(granted)
  const access = newToken()
  const created = now()
  const expires = created + lifetimes.serviceAccess
  await store.database.transaction(async (tx) => {
    const grant = await addGrant(tx, { client: client.id, scopes, context: {}, created, expires })
    await addToken(tx, { hash: secretHash(access), kind: 'access', grant, scopes, created, expires })
  })
  return { access, scopes }
}
