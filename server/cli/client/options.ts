/** The options of `candela client`, as metadata of RFC 7591. */
import { readFileSync } from 'node:fs'
import { ConfigError } from '../../config.ts'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'

export const clientOptions = {
  id: { type: 'string' },
  name: { type: 'string' },
  redirect: { type: 'string', multiple: true },
  auth: { type: 'string' },
  grant: { type: 'string', multiple: true },
  scope: { type: 'string' },
  jwks: { type: 'string' },
  'jwks-uri': { type: 'string' },
  launch: { type: 'string' },
  'state-of': { type: 'string', multiple: true },
  'require-mfa': { type: 'boolean' },
  trusted: { type: 'boolean' },
  keep: { type: 'string' },
} as const

export interface GivenOptions {
  readonly id?: string | undefined
  readonly name?: string | undefined
  readonly redirect?: readonly string[] | undefined
  readonly auth?: string | undefined
  readonly grant?: readonly string[] | undefined
  readonly scope?: string | undefined
  readonly jwks?: string | undefined
  readonly 'jwks-uri'?: string | undefined
  readonly launch?: string | undefined
  readonly 'state-of'?: readonly string[] | undefined
  readonly 'require-mfa'?: boolean | undefined
  readonly trusted?: boolean | undefined
  readonly keep?: string | undefined
}

/** What `--help` tells. */
export const clientDetails = `Options of add and set:
  --name NAME          as people see it
  --redirect URI       where codes are sent; may be repeated
  --auth METHOD        none, client_secret_basic, client_secret_post or private_key_jwt
  --grant TYPE         authorization_code, refresh_token or client_credentials; may be repeated
  --scope "SCOPES"     the most that it is ever granted
  --jwks FILE          its public keys; or --jwks-uri URL, where it publishes them
  --launch URL         where it is launched from inside
  --state-of SYSTEM    app state of codes of this system is shared with other clients that have it; may be repeated
  --require-mfa        people open it with a second factor or a passkey only
  --trusted            nobody is asked whether it may: for your own apps
  --id ID              of a new client; chosen where it is absent
secret makes a new secret; --keep HOURS leaves the old one valid for so long.
token prints an access token of a backend service, for five minutes; --scope "SCOPES" narrows it.
approve lets in a client that waits, or that registered itself; disable ends what it was granted; remove forgets it.`

/** The metadata of a file, with those of options in their place. */
export function metadataOf(options: GivenOptions, file: string): JsonObject {
  const given = file === '' ? {} : readJson(file)
  const { name, redirect, auth, grant, scope, jwks, launch } = options
  const isService = grant?.includes('client_credentials') ?? false
  return {
    ...given,
    ...(name !== undefined && { client_name: name }),
    ...(redirect && { redirect_uris: [...redirect] }),
    ...(auth !== undefined && { token_endpoint_auth_method: auth }),
    ...(grant && { grant_types: [...grant] }),
    ...(isService && { response_types: [] }),
    ...(scope !== undefined && { scope }),
    ...(jwks !== undefined && { jwks: readJson(jwks) }),
    ...(options['jwks-uri'] !== undefined && { jwks_uri: options['jwks-uri'] }),
    ...(launch !== undefined && { launch_uri: launch }),
    ...(options['require-mfa'] && { require_mfa: true }),
    ...(options['state-of'] && { app_state_systems: [...options['state-of']] }),
  }
}

function readJson(file: string): JsonObject {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as unknown
    if (!isJsonObject(value)) throw new Error('it is no JSON object')
    return value
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}.`)
  }
}
