/**
 * A client that proves itself by a signed assertion. https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html
 */
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { secretHash } from '../../store/accounts/codes.ts'
import { takeAssertion } from '../../store/smart/assertions.ts'
import { type ClientRecord, findClient } from '../../store/smart/clients.ts'
import { ForeignFetchError } from '../foreign-fetch.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Smart } from '../smart.ts'

export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const assertionAlgorithms = ['RS384', 'ES384'] as const

/** Seconds. */
const longestLife = 300
const tolerance = 5
/** Characters: more than any assertion needs. */
const longest = 16_384

/** The client that an assertion is of; throws unless everything about it is right. It cannot be used again. */
export async function clientOfAssertion(
  assertion: string,
  endpoint: string,
  smart: Pick<Smart, 'context' | 'clientKeys' | 'urls'>,
): Promise<ClientRecord> {
  const { store, now } = smart.context()
  const { kid, jku, client: id } = readAssertion(assertion)
  const client = await findClient(store.database, id)
  if (client?.authMethod !== 'private_key_jwt') throw refused('It is of no client that signs assertions.')
  // Before anything is fetched for it.
  checkState(client)
  if (jku !== undefined && jku !== client.jwksUri) throw refused('Its jku is not the jwks_uri that is registered.')
  const key = await smart.clientKeys.find(client, kid).catch((error) => {
    if (error instanceof ForeignFetchError) throw refused(`The keys of the client cannot be had: ${error.message}`)
    throw error
  })
  if (!key) throw refused('The client has no key of that kid.')
  const payload = await verified(assertion, key, id)
  checkAudience(payload, [smart.urls.token, smart.urls.issuer, endpoint])
  const expires = checkLife(payload, now() / 1000)
  const { jti } = payload
  if (typeof jti !== 'string' || jti === '') throw refused('It has no jti.')
  if (!(await takeAssertion(store.database, id, secretHash(jti), (expires + tolerance) * 1000))) {
    throw refused('Its jti was used before.')
  }
  return client
}

/** Throws for a client that may not do anything. */
export function checkState({ state }: Pick<ClientRecord, 'state'>): void {
  if (state === 'active') return
  const reason =
    state === 'waiting' ? 'The client waits for the approval of an administrator.' : 'The client is disabled.'
  throw new OAuthError('invalid_client', reason)
}

interface ReadAssertion {
  readonly kid: string
  readonly jku: string | undefined
  readonly client: string
}

/** What tells where to look: nothing of it is believed yet. */
function readAssertion(assertion: string): ReadAssertion {
  if (assertion.length > longest) throw refused('It is too long.')
  try {
    const { alg, kid, jku, typ, crit } = decodeProtectedHeader(assertion)
    const { sub, iss } = decodeJwt(assertion)
    if (!(assertionAlgorithms as readonly unknown[]).includes(alg)) throw refused('Its alg must be RS384 or ES384.')
    if (typ !== undefined && String(typ).toUpperCase() !== 'JWT') throw refused('Its typ must be JWT.')
    if (crit !== undefined) throw refused('It has critical header parameters.')
    if (typeof kid !== 'string' || kid === '') throw refused('It has no kid.')
    if (jku !== undefined && typeof jku !== 'string') throw refused('Its jku is no URL.')
    if (typeof sub !== 'string' || sub === '' || iss !== sub)
      throw refused('Its iss and sub must both be the client_id.')
    return { kid, jku, client: sub }
  } catch (error) {
    if (error instanceof OAuthError) throw error
    throw refused('It is no signed JWT.')
  }
}

async function verified(assertion: string, key: Parameters<typeof jwtVerify>[1], client: string): Promise<JWTPayload> {
  try {
    const options = { algorithms: [...assertionAlgorithms], issuer: client, subject: client }
    // Times are looked at below, by the clock of the server.
    const { payload } = await jwtVerify(assertion, key, { ...options, clockTolerance: Number.MAX_SAFE_INTEGER / 4 })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException) {
      throw refused('Its signature is not that of the key, or its claims are of other types than they should be.')
    }
    throw error
  }
}

/** All that it is for must be us: one that is for somebody else, too, could be used here by them. */
function checkAudience({ aud }: JWTPayload, ours: readonly string[]): void {
  const audiences = typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud : []
  if (audiences.length === 0 || audiences.some((one) => !ours.includes(one))) {
    throw refused('Its aud must be the URL of the token endpoint.')
  }
}

function checkLife({ exp, nbf, iat }: JWTPayload, now: number): number {
  if (typeof exp !== 'number') throw refused('It has no exp.')
  if (exp <= now - tolerance) throw refused('It has expired.')
  if (exp > now + longestLife + tolerance) throw refused('Its exp must be within five minutes.')
  if (typeof nbf === 'number' && nbf > now + tolerance) throw refused('It is not valid yet.')
  if (typeof iat === 'number' && iat > now + tolerance) throw refused('It was issued in the future.')
  return exp
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_client', `The client assertion is refused. ${reason}`)
}
