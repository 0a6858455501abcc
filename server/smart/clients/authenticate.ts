/** Which client asks, and whether it is that client. https://www.rfc-editor.org/rfc/rfc6749#section-2.3 */
import { timingSafeEqual } from 'node:crypto'
import { secretHash } from '../../store/accounts/codes.ts'
import { type AuthMethod, type ClientRecord, clientSecrets, findClient } from '../../store/smart/clients.ts'
import type { Parameters, SmartRequest } from '../exchange.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Smart } from '../smart.ts'
import { assertionType, checkState, clientOfAssertion } from './client-assertion.ts'

type AuthPowers = Pick<Smart, 'context' | 'clientKeys' | 'urls'>

/** Throws invalid_client for a client that is not known, not active, or does not prove itself as it registered. */
export async function authenticateClient(
  request: Pick<SmartRequest, 'authorization'>,
  form: Parameters,
  endpoint: string,
  smart: AuthPowers,
): Promise<ClientRecord> {
  const method = methodUsed(request, form)
  const client = await authenticated[method](request.authorization ?? '', form, smart, endpoint)
  const named = form.get('client_id')
  if (named !== undefined && named !== client.id) throw refused('client_id is that of another client.')
  checkState(client)
  return client
}

/** By the credentials that are there: one kind of them. */
function methodUsed({ authorization }: Pick<SmartRequest, 'authorization'>, form: Parameters): AuthMethod {
  const used: AuthMethod[] = [
    ...(authorization === undefined ? [] : (['client_secret_basic'] as const)),
    ...(form.has('client_secret') ? (['client_secret_post'] as const) : []),
    ...(form.has('client_assertion') || form.has('client_assertion_type') ? (['private_key_jwt'] as const) : []),
  ]
  if (used.length > 1) throw new OAuthError('invalid_request', 'The client authenticates in more than one way.')
  return used[0] ?? 'none'
}

type Authenticate = (
  authorization: string,
  form: Parameters,
  smart: AuthPowers,
  endpoint: string,
) => Promise<ClientRecord>

const authenticated: Readonly<Record<AuthMethod, Authenticate>> = {
  none: async (_authorization, form, smart) => {
    const id = form.get('client_id')
    if (id === undefined) throw refused('The request names no client.')
    const client = await findClient(smart.context().store.database, id)
    if (!client) throw refused('There is no such client.')
    if (client.authMethod !== 'none') throw refused(`The client must authenticate by ${client.authMethod}.`)
    return client
  },
  client_secret_basic: async (authorization, _form, smart) => {
    const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(authorization) ?? []
    if (encoded === undefined) throw refused('The Authorization header must be Basic.')
    const text = Buffer.from(encoded, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    if (colon < 0) throw refused('The credentials have no colon.')
    const [id, secret] = [text.slice(0, colon), text.slice(colon + 1)]
    return bySecret('client_secret_basic', id, secret, smart)
  },
  client_secret_post: async (_authorization, form, smart) => {
    const id = form.get('client_id')
    if (id === undefined) throw refused('The request names no client.')
    return bySecret('client_secret_post', id, form.get('client_secret')!, smart)
  },
  private_key_jwt: async (_authorization, form, smart, endpoint) => {
    if (form.get('client_assertion_type') !== assertionType)
      throw refused(`client_assertion_type must be ${assertionType}.`)
    const assertion = form.get('client_assertion')
    if (assertion === undefined) throw refused('client_assertion is missing.')
    return clientOfAssertion(assertion, endpoint, smart)
  },
}

async function bySecret(method: AuthMethod, id: string, secret: string, smart: AuthPowers): Promise<ClientRecord> {
  const { store, now } = smart.context()
  // As they are, or encoded as a form as RFC 6749 has it: clients do either.
  const pairs = [[id, secret] as const, ...decodedPair(id, secret)]
  for (const [name, value] of pairs) {
    const client = await findClient(store.database, name)
    const hashes = client ? await clientSecrets(store.database, client.id, now()) : []
    const given = secretHash(value)
    if (client?.authMethod === method && hashes.some((hash) => timingSafeEqual(hash, given))) return client
  }
  throw refused('The client is not known, its secret is wrong, or it registered another way to authenticate.')
}

function decodedPair(id: string, secret: string): (readonly [string, string])[] {
  if (!/[%+]/.test(id + secret)) return []
  try {
    const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '))
    return [[decode(id), decode(secret)]]
  } catch {
    return []
  }
}

function refused(reason: string): OAuthError {
  return new OAuthError('invalid_client', reason)
}
