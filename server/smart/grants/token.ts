/** The token endpoint. https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
import type { ClientRecord } from '../../store/smart/clients.ts'
import { authenticateClient } from '../clients/authenticate.ts'
import { type Handler, type Parameters, parametersOf, required, type SmartReply } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Smart } from '../smart.ts'
import { authorizationCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import { refreshToken } from './refresh-token.ts'

export type GrantHandler = (form: Parameters, client: ClientRecord, smart: Smart) => Promise<SmartReply>

export const grantHandlers: Readonly<Record<string, GrantHandler>> = {
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  client_credentials: clientCredentials,
}

export function token(smart: Smart): Handler {
  return async (request) => {
    const form = parametersOf(request.form)
    const type = required(form, 'grant_type')
    const handler = Object.hasOwn(grantHandlers, type) ? grantHandlers[type] : undefined
    if (!handler)
      throw new OAuthError('unsupported_grant_type', `grant_type is ${Object.keys(grantHandlers).join(', ')}.`)
    const client = await authenticateClient(request, form, smart.urls.token, smart)
    if (!client.grantTypes.includes(type)) {
      throw new OAuthError('unauthorized_client', `The client is not registered for ${type}.`)
    }
    return handler(form, client, smart)
  }
}
