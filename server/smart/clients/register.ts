/** Clients that register themselves. https://www.rfc-editor.org/rfc/rfc7591 */
import { randomUUID } from 'node:crypto'
import { newToken, secretHash } from '../../store/accounts/codes.ts'
import { addClient, addClientSecret, type ClientRecord, registeredSince } from '../../store/smart/clients.ts'
import { secondsToWait } from '../accounts/rate-limit.ts'
import { networkOf } from '../accounts/sign-in-delay.ts'
import type { Handler } from '../exchange.ts'
import { allowedUrl } from '../foreign-fetch.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Smart } from '../smart.ts'
import { describeClient, parseMetadata } from './metadata.ts'

const hour = 3_600_000
/** Whoever wants to fill the database by registering gets no further. */
const mostInHour = 3000

/**
 * An app that people launch may be used at once, unless the settings want approval: people decide about their own data. A
 * backend service is asked for by nobody; an administrator approves it.
 */
export function register(smart: Smart): Handler {
  return async ({ json, address }) => {
    const { config, store, now } = smart.context()
    if (config.clientRegistration === 'off') {
      throw new OAuthError('access_denied', 'Clients are registered by an administrator of this server.')
    }
    if ((await registeredSince(store.database, now() - hour)) >= mostInHour) {
      throw new OAuthError('temporarily_unavailable', 'Too many clients have registered. Try again in an hour.')
    }
    const described = parseMetadata(json, {
      trusted: false,
      checkAddress: (address) => allowedUrl(address, config.fetchAllow),
    })
    if ((await secondsToWait({ database: store.database, now }, 'register-client', networkOf(address))) > 0) {
      throw new OAuthError(
        'temporarily_unavailable',
        'Too many clients were registered from here. Try again in an hour.',
      )
    }
    const waits = config.clientRegistration === 'approval' || described.grantTypes.includes('client_credentials')
    const client: ClientRecord = {
      ...described,
      id: randomUUID(),
      state: waits ? 'waiting' : 'active',
      source: 'registration',
      trusted: false,
      created: now(),
    }
    const secret = usesSecret(client) ? newToken() : undefined
    await store.database.transaction(async (tx) => {
      await addClient(tx, client)
      if (secret !== undefined) await addClientSecret(tx, client.id, secretHash(secret), { now: now(), until: now() })
    })
    return {
      status: 201,
      json: {
        client_id: client.id,
        client_id_issued_at: Math.floor(client.created / 1000),
        ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
        ...describeClient(client),
        ...(waits && { registration_state: 'waiting for the approval of an administrator' }),
      },
    }
  }
}

/** Whether a client proves itself by a secret. */
export function usesSecret({ authMethod }: Pick<ClientRecord, 'authMethod'>): boolean {
  return authMethod === 'client_secret_basic' || authMethod === 'client_secret_post'
}
