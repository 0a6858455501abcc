/** What a token stands for. https://hl7.org/fhir/smart-app-launch/STU2.2/token-introspection.html */
import type { JsonObject } from '../fhir/json.ts'
import { secretHash } from '../store/accounts/codes.ts'
import { findToken, type TokenRecord } from '../store/smart/tokens.ts'
import { authenticateClient } from './clients/authenticate.ts'
import { type Handler, type Parameters, parametersOf, required, type SmartRequest } from './exchange.ts'
import { personClaims } from './grants/issue.ts'
import { OAuthError } from './oauth-error.ts'
import type { Smart } from './smart.ts'

const inactive = { status: 200, json: { active: false } } as const

/**
 * Whoever proves to be a client may ask about an access token that it holds: it could use it, after all. Refresh tokens are
 * explained to their own client alone.
 */
export function introspect(smart: Smart): Handler {
  return async (request) => {
    const form = parametersOf(request.form)
    const asker = await askerOf(request, form, smart)
    const { store, now } = smart.context()
    const found = await findToken(store.database, secretHash(required(form, 'token')), ['access', 'refresh'], now())
    if (!found || (found.kind === 'refresh' && found.client !== asker)) return inactive
    const claims = await claimsOf(found, smart)
    return claims ? { status: 200, json: claims } : inactive
  }
}

/** The id of the client: by its credentials, or by an access token of its own. RFC 7662, 2.1. */
async function askerOf(request: SmartRequest, form: Parameters, smart: Smart): Promise<string> {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.authorization ?? '') ?? []
  if (bearer === undefined) {
    const client = await authenticateClient(request, form, smart.urls.introspect, smart)
    if (client.authMethod === 'none')
      throw new OAuthError('invalid_client', 'A public client shows an access token of its own.')
    return client.id
  }
  const caller = await smart.checks.callerOf(bearer)
  if (!caller) throw new OAuthError('invalid_token', 'The access token is not known or has expired.')
  return caller.client
}

async function claimsOf(record: TokenRecord, smart: Smart): Promise<JsonObject | undefined> {
  const account = record.account === null ? undefined : await smart.people.account(record.account)
  if (record.account !== null && !account) return undefined
  const { urls } = smart
  return {
    active: true,
    scope: record.scopes,
    client_id: record.client,
    token_type: 'Bearer',
    exp: Math.floor(record.expires / 1000),
    iss: urls.issuer,
    aud: urls.fhir,
    sub: account?.account.number ?? record.client,
    ...(account && personClaims(record.scopes.split(' '), account, smart)),
    ...(record.patient !== null && { patient: record.patient }),
    ...(record.encounter !== null && { encounter: record.encounter }),
    ...record.context,
  }
}
