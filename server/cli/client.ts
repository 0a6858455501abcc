/** `candela client add | list | show | set | secret | token | approve | disable | remove`: who may ask for access. */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import type { Context } from '../context.ts'
import { openCore } from '../main.ts'
import { describeClient, type MetadataOptions, parseMetadata } from '../smart/clients/metadata.ts'
import { usesSecret } from '../smart/clients/register.ts'
import { allowedUrl } from '../smart/foreign-fetch.ts'
import { issueServiceToken } from '../smart/grants/client-credentials.ts'
import { OAuthError } from '../smart/oauth-error.ts'
import { newToken, secretHash } from '../store/accounts/codes.ts'
import {
  addClient,
  addClientSecret,
  approveClient,
  type ClientRecord,
  findClient,
  listClients,
  putClient,
  removeClient,
  type StoredClient,
  setClientState,
} from '../store/smart/clients.ts'
import { revokeGrantsTo } from '../store/smart/grants.ts'
import { clientOptions, type GivenOptions, metadataOf } from './client/options.ts'
import { clientList, clientText } from './client/texts.ts'

const usage = 'Usage: candela client add | list | show | set | secret | token | approve | disable | remove; see --help.'

interface Call {
  readonly id: string
  readonly options: GivenOptions
}

type Work = (call: Call, context: Context, print: (text: string) => void) => Promise<number>

/** Runs one of the actions; answers the exit status. */
export async function clientCommand(args: readonly string[]): Promise<number> {
  const { work, call } = clientWork(args)
  const core = await openCore(loadConfig().config)
  try {
    return await work(call, core.context, console.log)
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    console.error(error.message)
    return 1
  } finally {
    await core.close()
  }
}

/** What the arguments ask for; throws for those that cannot be understood. */
export function clientWork([action = '', ...args]: readonly string[]): { readonly work: Work; readonly call: Call } {
  const work = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (!work) throw new ConfigError(usage)
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: clientOptions })
    const [id = '', ...more] = positionals
    const isRight = more.length === 0 && (action === 'list' ? id === '' : action === 'add' || id !== '')
    if (!isRight) throw new Error(usage)
    return { work, call: { id, options: values } }
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

const add: Work = async ({ id: file, options }, context, print) => {
  const { store, now } = context
  const described = parseMetadata(metadataOf(options, file), metadataOptions(context))
  const client: ClientRecord = {
    ...described,
    id: options.id ?? randomUUID(),
    state: 'active',
    source: 'administrator',
    trusted: options.trusted ?? false,
    created: now(),
  }
  if (!(await addClient(store.database, client))) {
    console.error(`There is a client '${client.id}' already.`)
    return 1
  }
  print(clientText({ ...client, approved: true }))
  if (usesSecret(client)) print(await newSecret(client, 0, context))
  return 0
}

const list: Work = async (_call, { store }, print) => {
  print(clientList(await listClients(store.database)))
  return 0
}

const show: Work = async ({ id }, context, print) => {
  print(clientText(await known(id, context)))
  return 0
}

const set: Work = async ({ id, options }, context, print) => {
  const client = await known(id, context)
  const isRekeyed = options.jwks !== undefined || options['jwks-uri'] !== undefined
  const { jwks, jwks_uri: jwksUri, ...before } = describeClient(client)
  const keys = isRekeyed
    ? {}
    : { ...(jwks !== undefined && { jwks }), ...(jwksUri !== undefined && { jwks_uri: jwksUri }) }
  const changed = parseMetadata({ ...before, ...keys, ...metadataOf(options, '') }, metadataOptions(context))
  const record = { ...client, ...changed, trusted: options.trusted ?? client.trusted }
  await putClient(context.store.database, record)
  print(clientText(record))
  return 0
}

const secret: Work = async ({ id, options }, context, print) => {
  const client = await known(id, context)
  if (!usesSecret(client)) throw new OAuthError('invalid_request', `'${id}' authenticates by ${client.authMethod}.`)
  const hours = Number(options.keep ?? 0)
  if (!(hours >= 0 && hours <= 720)) throw new OAuthError('invalid_request', '--keep takes hours, at most 720.')
  print(await newSecret(client, hours, context))
  return 0
}

/** Whoever runs commands here could read the database as well. */
const token: Work = async ({ id, options }, context, print) => {
  const client = await known(id, context)
  if (client.state !== 'active' || !client.grantTypes.includes('client_credentials')) {
    throw new OAuthError('invalid_request', `'${id}' is no backend service that may be used.`)
  }
  print((await issueServiceToken(client, options.scope ?? client.scopes, context)).access)
  return 0
}

const approve: Work = async ({ id }, context, print) => {
  await known(id, context)
  await approveClient(context.store.database, id)
  print(`'${id}' may be used.`)
  return 0
}

const disable: Work = async ({ id }, context, print) => {
  await known(id, context)
  await setClientState(context.store.database, id, 'disabled')
  await revokeGrantsTo(context.store.database, id, context.now())
  print(`'${id}' is disabled, and what it was granted has ended.`)
  return 0
}

const remove: Work = async ({ id }, context, print) => {
  await known(id, context)
  await removeClient(context.store.database, id)
  print(`'${id}' is removed.`)
  return 0
}

/** By their names. */
export const actions: Readonly<Record<string, Work>> = { add, list, show, set, secret, token, approve, disable, remove }

async function known(id: string, { store }: Context): Promise<StoredClient> {
  const client = await findClient(store.database, id)
  if (!client) throw new OAuthError('invalid_request', `There is no client '${id}'.`)
  return client
}

/** Shown this once: what is stored cannot be turned back into it. */
async function newSecret({ id }: ClientRecord, hours: number, { store, now }: Context): Promise<string> {
  const made = newToken()
  await addClientSecret(store.database, id, secretHash(made), { now: now(), until: now() + hours * 3_600_000 })
  return `client_secret  ${made}\nKeep it: it is not shown again.`
}

function metadataOptions({ config }: Context): MetadataOptions {
  return { trusted: true, checkAddress: (address) => allowedUrl(address, config.fetchAllow) }
}
