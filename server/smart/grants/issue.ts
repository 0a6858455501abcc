/** The reply of the token endpoint. https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#response-5 */
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../fhir/json.ts'
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import type { Db } from '../../store/database.ts'
import type { ClientRecord } from '../../store/smart/clients.ts'
import { addToken, type TokenRecord } from '../../store/smart/tokens.ts'
import { assurance } from '../accounts/mfa-rule.ts'
import type { SmartReply } from '../exchange.ts'
import type { AccountNow } from '../people.ts'
import { sessionId } from '../sign-out/session-id.ts'
import type { Smart } from '../smart.ts'
import { lifetimes } from './lifetimes.ts'

export interface IssuedTokens {
  readonly access: string
  readonly refresh?: string
}

/** Stores new tokens for a grant, in the transaction that used up what they are given for. */
export async function issueTokens(
  tx: Db,
  record: TokenRecord,
  { scopes, client, now }: { readonly scopes: string; readonly client: ClientRecord; readonly now: number },
): Promise<IssuedTokens> {
  const access = newToken()
  const common = { grant: record.grant, created: now }
  await addToken(tx, { ...common, hash: secretHash(access), kind: 'access', scopes, expires: now + lifetimes.access })
  const lifetime = refreshLifetime(record.grantScopes, client)
  if (lifetime === undefined) return { access }
  const refresh = newToken()
  const expires = now + lifetime
  const methods = methodsOf(record)
  await addToken(tx, {
    ...{ ...common, hash: secretHash(refresh), kind: 'refresh', scopes: record.grantScopes, expires },
    ...(methods.length > 0 && { data: { amr: [...methods] } }),
  })
  return { access, refresh }
}

/** How the person was recognized when the app was let in. */
function methodsOf({ data }: TokenRecord): readonly string[] {
  const methods = data?.['amr']
  return Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : []
}

/** Undefined where the app is to ask the person again. */
function refreshLifetime(scopes: string, { grantTypes }: ClientRecord): number | undefined {
  if (!grantTypes.includes('refresh_token')) return undefined
  const granted = scopes.split(' ')
  if (granted.includes('offline_access')) return lifetimes.refresh
  return granted.includes('online_access') ? lifetimes.onlineRefresh : undefined
}

export interface TokenReply {
  readonly record: TokenRecord
  readonly issued: IssuedTokens
  readonly scopes: string
  readonly now: AccountNow
  readonly client: ClientRecord
  /** The person's name, for apps that may know it. */
  readonly first: boolean
}

/** Everything an app is told: tokens, the launch context, who the person is. */
export async function tokenReply(reply: TokenReply, smart: Smart): Promise<SmartReply> {
  const { record, issued, scopes } = reply
  const granted = scopes.split(' ')
  const knowsContext = { patient: record.patient, encounter: record.encounter }
  const context = Object.entries(knowsContext).filter(([, value]) => value !== null)
  return {
    status: 200,
    json: {
      access_token: issued.access,
      token_type: 'Bearer',
      expires_in: lifetimes.access / 1000,
      scope: scopes,
      ...(issued.refresh !== undefined && { refresh_token: issued.refresh }),
      ...(granted.includes('openid') && { id_token: await idToken(reply, smart) }),
      ...Object.fromEntries(context),
      ...record.context,
    },
  }
}

/** https://openid.net/specs/openid-connect-core-1_0.html#IDToken */
async function idToken({ record, issued, scopes, now, client, first }: TokenReply, smart: Smart): Promise<string> {
  const seconds = Math.floor(smart.context().now() / 1000)
  const granted = scopes.split(' ')
  const methods = methodsOf(record)
  return smart.keys.sign({
    iss: smart.urls.issuer,
    sub: now.account.number,
    aud: client.id,
    iat: seconds,
    exp: seconds + lifetimes.idToken / 1000,
    at_hash: halfHash(issued.access),
    ...(record.session !== null && { sid: sessionId(record.session) }),
    ...(record.authTime !== null && { auth_time: Math.floor(record.authTime / 1000) }),
    ...(methods.length > 0 && { amr: [...methods], acr: assurance(methods) }),
    ...(first && record.nonce !== null && { nonce: record.nonce }),
    ...personClaims(granted, now, smart),
  })
}

/** What of a person the scopes let an app know. */
export function personClaims(
  granted: readonly string[],
  { account }: AccountNow,
  { urls }: Pick<Smart, 'urls'>,
): JsonObject {
  const { fhirUser } = account
  if (fhirUser === undefined || !granted.includes('openid')) return {}
  const isKnown = granted.includes('fhirUser') || granted.includes('profile')
  return {
    ...(isKnown && { fhirUser: `${urls.fhir}/${fhirUser}` }),
    ...(granted.includes('profile') && { profile: `${urls.fhir}/${fhirUser}` }),
  }
}

function halfHash(token: string): string {
  return createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url')
}
