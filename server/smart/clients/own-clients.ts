/** Clients that nobody has to register: our own apps, and those of the demo. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Context } from '../../context.ts'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'
import { secretHash } from '../../store/accounts/codes.ts'
import { addClient, addClientSecret, type ClientRecord, putClient } from '../../store/smart/clients.ts'
import { parseMetadata } from './metadata.ts'

const appsFolder = fileURLToPath(new URL('../../../smart-apps/', import.meta.url))

/** The console of the documentation: what its user may do, it may do. */
export const consoleClient = {
  id: 'candela-console',
  name: 'API console',
  scopes: 'openid fhirUser user/*.cruds',
} as const

type ClientContext = Pick<Context, 'config' | 'store' | 'now'>

/** At each start: our own apps as they are now, and the demo's clients unless they are there. */
export async function registerOwnClients(context: ClientContext, folder = appsFolder): Promise<void> {
  if (context.config.auth === 'none') return
  const { config, store, now } = context
  for (const client of appClients(folder, context)) await putClient(store.database, client)
  await putClient(store.database, {
    ...{ ...consoleClient, redirectUris: [`${config.publicUrl}/docs/console`], created: now() },
    ...{ state: 'active', source: 'app', authMethod: 'none', grantTypes: ['authorization_code'] },
    ...{ jwks: null, jwksUri: null, trusted: false, metadata: {} },
  })
  if (config.demo) await addDemoClients(context)
}

/**
 * The clients of `smart-apps/NAME/client.json`: metadata as in RFC 7591, with a client_id; addresses may be relative to the
 * origin of the server.
 */
export function appClients(folder: string, { config, now }: ClientContext): ClientRecord[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder)
    .sort()
    .map((name) => ({ name, file: join(folder, name, 'client.json') }))
    .filter(({ file }) => existsSync(file))
  return files.map(({ name, file }) => {
    const given = JSON.parse(readFileSync(file, 'utf8')) as unknown
    if (!isJsonObject(given)) throw new Error(`${file} is no JSON object.`)
    const described = parseMetadata(withOrigin(given, config.publicUrl), { trusted: true, checkAddress: () => {} })
    const id = typeof given['client_id'] === 'string' ? given['client_id'] : name
    return { ...described, id, state: 'active', source: 'app', trusted: true, created: now() }
  })
}

const addresses = ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'launch_uri'] as const

function withOrigin(given: JsonObject, origin: string): JsonObject {
  const absolute = (value: unknown) => (typeof value === 'string' && value.startsWith('/') ? origin + value : value)
  const uris = given['redirect_uris']
  return {
    token_endpoint_auth_method: 'none',
    ...given,
    ...Object.fromEntries(addresses.filter((name) => name in given).map((name) => [name, absolute(given[name])])),
    redirect_uris: Array.isArray(uris) ? uris.map(absolute) : [],
  } as JsonObject
}

const local = ['http://localhost:*', 'http://127.0.0.1:*']
const personScopes =
  'openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.cruds user/*.cruds'
const app = {
  redirectUris: local,
  grantTypes: ['authorization_code', 'refresh_token'],
  scopes: personScopes,
  jwks: null,
}

const demoClients: readonly Pick<
  ClientRecord,
  'id' | 'name' | 'authMethod' | 'redirectUris' | 'grantTypes' | 'scopes' | 'jwks'
>[] = [
  { id: 'demo-public', name: 'Demo app', authMethod: 'none', ...app },
  { id: 'demo-confidential', name: 'Demo app with a secret', authMethod: 'client_secret_basic', ...app },
  {
    id: 'demo-backend',
    name: 'Demo backend service',
    authMethod: 'private_key_jwt',
    redirectUris: [],
    grantTypes: ['client_credentials'],
    scopes: 'system/*.cruds',
    // Set by whoever tries it out.
    jwks: { keys: [] },
  },
]

const demoSecret = 'demo-secret'

async function addDemoClients({ store, now }: ClientContext): Promise<void> {
  for (const client of demoClients) {
    await store.database.transaction(async (tx) => {
      const record = {
        ...client,
        state: 'active',
        source: 'demo',
        jwksUri: null,
        trusted: false,
        metadata: {},
      } as const
      const isNew = await addClient(tx, { ...record, created: now() })
      if (!isNew || client.authMethod !== 'client_secret_basic') return
      await addClientSecret(tx, client.id, secretHash(demoSecret), { now: now(), until: now() })
    })
  }
}
