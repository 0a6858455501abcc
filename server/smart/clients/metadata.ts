/** What a client says of itself. https://www.rfc-editor.org/rfc/rfc7591#section-2 */
import { parseScopes } from '../../access/scope.ts'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'
import { type AuthMethod, authMethods, type ClientRecord, clientGrantTypes } from '../../store/smart/clients.ts'
import { OAuthError } from '../oauth-error.ts'
import { keysOf } from './client-keys.ts'
import { isHostName, isLoopbackPattern, redirectUriProblem } from './redirect-uris.ts'
import { nameProblem, tidyName } from './shown-name.ts'

/** What metadata tell of a client; its id, its state and who registered it are decided by the server. */
export type DescribedClient = Pick<
  ClientRecord,
  'name' | 'authMethod' | 'redirectUris' | 'grantTypes' | 'scopes' | 'jwks' | 'jwksUri' | 'metadata'
>

export interface MetadataOptions {
  /** An administrator says so: it may have redirect URIs with any port. */
  readonly trusted: boolean
  /** Throws for an address that keys are not fetched from. */
  readonly checkAddress: (address: string) => void
}

/** Throws invalid_redirect_uri or invalid_client_metadata for what cannot be meant. */
export function parseMetadata(given: unknown, options: MetadataOptions): DescribedClient {
  if (!isJsonObject(given)) throw wrong('Client metadata are a JSON object.')
  if (given['software_statement'] !== undefined) throw wrong('Software statements are not taken.')
  const authMethod = authMethodOf(given)
  const grantTypes = grantTypesOf(given)
  const redirectUris = redirectUrisOf(given, grantTypes, options)
  if (authMethod === 'none' && grantTypes.includes('client_credentials')) {
    throw wrong('client_credentials needs a token_endpoint_auth_method other than none.')
  }
  if (grantTypes.includes('client_credentials') && authMethod !== 'private_key_jwt') {
    throw wrong('client_credentials needs the token_endpoint_auth_method private_key_jwt.')
  }
  checkResponseTypes(given, grantTypes)
  return {
    name: clientName(given),
    authMethod,
    redirectUris,
    grantTypes,
    scopes: scopesOf(given),
    ...keysOfClient(given, authMethod, options),
    metadata: {
      ...furtherMetadata(given),
      ...signOutMetadata(given, redirectUris, options),
      ...(options.trusted && { ...sharedState(given), ...offeredTo(given) }),
    },
  }
}

/** As a client is told of itself. */
export function describeClient(client: DescribedClient): JsonObject {
  const { name, authMethod, redirectUris, grantTypes, scopes, jwks, jwksUri, metadata } = client
  return {
    client_name: name,
    redirect_uris: [...redirectUris],
    grant_types: [...grantTypes],
    response_types: grantTypes.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: authMethod,
    scope: scopes,
    ...(jwks && { jwks }),
    ...(jwksUri !== null && { jwks_uri: jwksUri }),
    ...metadata,
  }
}

/** People decide by it whom they let in. */
function clientName(given: JsonObject): string {
  const sent = text(given, 'client_name')
  if (sent === undefined) return 'An app without a name'
  const name = tidyName(sent)
  const problem = nameProblem(name)
  if (problem !== undefined) throw wrong(`client_name ${problem}.`)
  return name
}

function authMethodOf(given: JsonObject): AuthMethod {
  const named = given['token_endpoint_auth_method'] ?? 'client_secret_basic'
  const method = authMethods.find((known) => known === named)
  if (!method) throw wrong(`token_endpoint_auth_method is one of ${authMethods.join(', ')}.`)
  return method
}

function grantTypesOf(given: JsonObject): readonly string[] {
  const types = texts(given, 'grant_types') ?? ['authorization_code']
  const known: readonly string[] = clientGrantTypes
  if (types.length === 0 || types.some((type) => !known.includes(type))) {
    throw wrong(`grant_types are of ${clientGrantTypes.join(', ')}.`)
  }
  if (types.includes('refresh_token') && !types.includes('authorization_code')) {
    throw wrong('refresh_token needs authorization_code, too.')
  }
  return [...new Set(types)]
}

function redirectUrisOf(
  given: JsonObject,
  grantTypes: readonly string[],
  { trusted }: MetadataOptions,
): readonly string[] {
  const value = given['redirect_uris'] ?? []
  if (!Array.isArray(value) || value.some((uri) => typeof uri !== 'string') || value.length > 50) {
    throw new OAuthError('invalid_redirect_uri', 'redirect_uris are a list of URIs.')
  }
  const uris = value as string[]
  for (const uri of uris) {
    const problem = trusted && isLoopbackPattern(uri) ? undefined : redirectUriProblem(uri)
    if (problem !== undefined)
      throw new OAuthError('invalid_redirect_uri', `${uri.slice(0, 200)} is refused. ${problem}`)
  }
  if (uris.length === 0 && grantTypes.includes('authorization_code')) {
    throw new OAuthError('invalid_redirect_uri', 'authorization_code needs a redirect URI.')
  }
  return uris
}

function checkResponseTypes(given: JsonObject, grantTypes: readonly string[]): void {
  const types = texts(given, 'response_types')
  if (types === undefined) return
  const expected = grantTypes.includes('authorization_code') ? 'code' : ''
  if (types.join(' ') !== expected) throw wrong('response_types are code for authorization_code, and empty else.')
}

const usualScopes =
  'openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.cruds'

function scopesOf(given: JsonObject): string {
  const value = given['scope']
  if (value === undefined) return usualScopes
  if (typeof value !== 'string' || value.length > 10_000) throw wrong('scope is a text with spaces between scopes.')
  const { unknown } = parseScopes(value)
  if (unknown.length > 0) throw wrong(`${unknown[0]!.slice(0, 100)} is no scope.`)
  return value
}

function keysOfClient(
  given: JsonObject,
  authMethod: AuthMethod,
  { checkAddress }: MetadataOptions,
): Pick<ClientRecord, 'jwks' | 'jwksUri'> {
  const { jwks, jwks_uri: jwksUri } = given
  if (jwks !== undefined && jwksUri !== undefined) throw wrong('Give jwks or jwks_uri, not both.')
  if (authMethod === 'private_key_jwt' && jwks === undefined && jwksUri === undefined) {
    throw wrong('private_key_jwt needs jwks or jwks_uri.')
  }
  if (jwksUri !== undefined) {
    if (typeof jwksUri !== 'string') throw wrong('jwks_uri is a URL.')
    try {
      checkAddress(jwksUri)
    } catch (error) {
      throw wrong(`jwks_uri is refused. ${(error as Error).message}`)
    }
    return { jwks: null, jwksUri }
  }
  if (jwks === undefined) return { jwks: null, jwksUri: null }
  if (!isJsonObject(jwks) || JSON.stringify(jwks).length > 100_000 || keysOf(jwks).length === 0) {
    throw wrong('jwks is a set of public keys of type RSA or EC, each with a kid.')
  }
  return { jwks: { keys: keysOf(jwks) } as unknown as JsonObject, jwksUri: null }
}

const pages = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'launch_uri'] as const
const words = ['software_id', 'software_version'] as const

/** What is shown and not acted upon. */
function furtherMetadata(given: JsonObject): JsonObject {
  const addresses = pages.flatMap((name) => {
    const value = text(given, name)
    if (value === undefined) return []
    const url = URL.canParse(value) ? new URL(value) : undefined
    const isPage = url && ['https:', 'http:'].includes(url.protocol) && isHostName(url) && url.username === ''
    if (!isPage) throw wrong(`${name} is a URL that begins with https.`)
    return [[name, value] as const]
  })
  const others = words.flatMap((name) => {
    const value = text(given, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const contacts = texts(given, 'contacts')
  const { require_mfa: needsSecondFactor = false } = given
  if (typeof needsSecondFactor !== 'boolean') throw wrong('require_mfa is true or false.')
  return {
    ...Object.fromEntries([...addresses, ...others]),
    ...(contacts && { contacts: [...contacts] }),
    ...(needsSecondFactor && { require_mfa: true }),
  }
}

/** Where it wants to be told that somebody signs out. https://openid.net/specs/openid-connect-backchannel-1_0.html */
function signOutMetadata(given: JsonObject, redirectUris: readonly string[], options: MetadataOptions): JsonObject {
  const after = redirectUrisOf({ redirect_uris: given['post_logout_redirect_uris'] ?? [] }, [], options)
  const back = text(given, 'backchannel_logout_uri')
  if (back !== undefined) {
    try {
      options.checkAddress(back)
    } catch (error) {
      throw wrong(`backchannel_logout_uri is refused. ${(error as Error).message}`)
    }
  }
  const front = text(given, 'frontchannel_logout_uri')
  if (
    front !== undefined &&
    !redirectUris.some((uri) => originOf(uri) !== undefined && originOf(uri) === originOf(front))
  ) {
    throw wrong('frontchannel_logout_uri must have the origin of a redirect URI.')
  }
  return {
    ...(after.length > 0 && { post_logout_redirect_uris: [...after] }),
    ...(back !== undefined && { backchannel_logout_uri: back }),
    ...(front !== undefined && { frontchannel_logout_uri: front }),
  }
}

/** Of a web address; undefined for the schemes of native apps. */
function originOf(uri: string): string | undefined {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined
}

/** The systems whose app state it shares with others: for administrators to say. */
function sharedState(given: JsonObject): JsonObject {
  const systems = texts(given, 'app_state_systems')
  return systems === undefined ? {} : { app_state_systems: [...systems] }
}

/** The roles to whose people the launcher offers it; all where none is named. */
function offeredTo(given: JsonObject): JsonObject {
  const roles = texts(given, 'offered_to')
  return roles === undefined ? {} : { offered_to: [...roles] }
}

function text(given: JsonObject, name: string): string | undefined {
  const value = given[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string' || value.trim() === '' || value.length > 1000 || /[\x00-\x1f]/.test(value)) {
    throw wrong(`${name} is a text of at most 1000 characters.`)
  }
  return value
}

function texts(given: JsonObject, name: string): readonly string[] | undefined {
  const value = given[name]
  if (value === undefined) return undefined
  const isList =
    Array.isArray(value) && value.length <= 50 && value.every((one) => typeof one === 'string' && one.length <= 1000)
  if (!isList) throw wrong(`${name} is a list of texts.`)
  return value as string[]
}

function wrong(reason: string): OAuthError {
  return new OAuthError('invalid_client_metadata', reason)
}
