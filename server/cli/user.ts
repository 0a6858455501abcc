/** `candela user add | list | show | set | password | disable | enable | sign-out | remove`: the accounts of people. */
import { randomInt } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import type { Context } from '../context.ts'
import { openCore } from '../main.ts'
import { accountAudit } from '../smart/accounts/account-audit.ts'
import { hashPassword } from '../smart/accounts/password.ts'
import { passwordFaults } from '../smart/accounts/password-rules.ts'
import {
  addAccount,
  changeAccount,
  findAccountByLogin,
  listAccounts,
  removeAccount,
  type StoredAccount,
} from '../store/accounts/accounts.ts'
import { endSessions } from '../store/accounts/sessions.ts'
import { revokeGrantsOf } from '../store/smart/grants.ts'
import { changeOf, type GivenOptions, userOptions } from './user/options.ts'
import { accountList, accountText } from './user/texts.ts'

const usage =
  'Usage: candela user add | list | show | set | password | disable | enable | sign-out | remove; see --help.'

interface Call {
  readonly username: string
  readonly options: GivenOptions
  /** Standard input. */
  readonly input: () => Promise<string>
}

type Print = (text: string) => void
type Work = (call: Call, context: Context, print: Print) => Promise<void>

/** Runs one of the actions; answers the exit status. */
export async function userCommand(args: readonly string[]): Promise<number> {
  const { work, call } = userWork(args, () => text(process.stdin))
  const core = await openCore(loadConfig().config)
  try {
    await work(call, core.context, console.log)
    return 0
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    console.error(error.message)
    return 1
  } finally {
    await core.close()
  }
}

/** What cannot be done, in a sentence. */
export class UserError extends Error {}

/** What the arguments ask for; throws for those that cannot be understood. */
export function userWork(
  [action = '', ...args]: readonly string[],
  input: () => Promise<string>,
): { readonly work: Work; readonly call: Call } {
  const work = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (!work) throw new ConfigError(usage)
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: userOptions })
    const [username = '', ...more] = positionals
    const needsNone = action === 'list' || (action === 'remove' && values.demo === true)
    if (more.length > 0 || (username === '') !== needsNone) throw new Error(usage)
    return { work, call: { username, options: values, input } }
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

const add: Work = async ({ username, options, input }, context, print) => {
  const change = await changed(options, context)
  if (/[@\s]/.test(username)) throw new UserError('A user name has no @ and no spaces.')
  const { email = null, roles = [], fhirUser = null, name = username } = change
  const { shown, password } = await chosenPassword(options, { username, ...(email !== null && { email }) }, input)
  const account = { username, name, email, emailVerified: email !== null, password, roles, fhirUser, demo: false }
  const number = await addAccount(context.store.database, { ...account, state: 'active' }, context.now())
  if (number === undefined) throw new UserError(`The user name '${username}' or the address is another account's.`)
  print(accountText({ ...account, number, state: 'active' }))
  if (shown !== undefined) print(`password    ${shown}`)
}

const list: Work = async (_call, { store }, print) => {
  print(accountList(await listAccounts(store.database)))
}

const show: Work = async ({ username }, context, print) => {
  print(accountText(await known(username, context)))
}

const set: Work = async ({ username, options }, context, print) => {
  const account = await known(username, context)
  if (!(await changeAccount(context.store.database, account.number, await changed(options, context)))) {
    throw new UserError('The address is another account’s.')
  }
  const after = await known(username, context)
  if (after.roles.join() !== account.roles.join()) {
    const detail = after.roles.join(', ')
    await accountAudit(() => context)(context.store.database, {
      ...{ kind: 'roles-changed', account: account.number, by: 'command-line', detail },
    })
  }
  print(accountText(after))
}

/** Whoever knew the old one is signed out. */
const password: Work = async ({ username, options, input }, context, print) => {
  const account = await known(username, context)
  const owner = { username, ...(account.email !== null && { email: account.email }) }
  const { shown, password: hash } = await chosenPassword(options, owner, input)
  await changeAccount(context.store.database, account.number, { password: hash })
  await signOutEverywhere(account, context)
  print(shown === undefined ? `The password of '${username}' is changed.` : `password    ${shown}`)
}

const disable: Work = async ({ username }, context, print) => {
  const account = await known(username, context)
  await changeAccount(context.store.database, account.number, { state: 'disabled' })
  await signOutEverywhere(account, context)
  print(`'${username}' cannot sign in any more, and what apps were granted has ended.`)
}

const enable: Work = async ({ username }, context, print) => {
  const { number } = await known(username, context)
  await changeAccount(context.store.database, number, { state: 'active' })
  print(`'${username}' can sign in.`)
}

const signOut: Work = async ({ username }, context, print) => {
  const count = await signOutEverywhere(await known(username, context), context)
  print(`'${username}' is signed out everywhere; ${count === 1 ? 'one grant has' : `${count} grants have`} ended.`)
}

const remove: Work = async ({ username, options }, context, print) => {
  const { database } = context.store
  const accounts = options.demo
    ? (await listAccounts(database)).filter(({ demo }) => demo)
    : [await known(username, context)]
  for (const account of accounts) {
    await signOutEverywhere(account, context)
    await removeAccount(database, account.number)
  }
  print(options.demo ? `Removed ${accounts.length} demo accounts.` : `'${username}' is removed.`)
}

const actions: Readonly<Record<string, Work>> = {
  add,
  list,
  show,
  set,
  password,
  disable,
  enable,
  'sign-out': signOut,
  remove,
}

async function known(username: string, { store }: Context): Promise<StoredAccount> {
  const account = await findAccountByLogin(store.database, username)
  if (!account) throw new UserError(`There is no account '${username}'.`)
  return account
}

async function changed(options: GivenOptions, { accessSource }: Context) {
  const { policies } = await accessSource.latest()
  try {
    return changeOf(options, policies)
  } catch (error) {
    throw new UserError((error as Error).message)
  }
}

async function signOutEverywhere({ number }: StoredAccount, { store, now }: Context): Promise<number> {
  await endSessions(store.database, number)
  return revokeGrantsOf(store.database, { account: number }, now())
}

async function chosenPassword(
  options: GivenOptions,
  owner: Parameters<typeof passwordFaults>[1],
  input: () => Promise<string>,
): Promise<{ readonly shown?: string; readonly password: string }> {
  if (!options['password-stdin']) {
    const shown = newPassword()
    return { shown, password: await hashPassword(shown) }
  }
  const typed = (await input()).replace(/\r?\n$/, '')
  const [fault] = passwordFaults(typed, owner)
  if (fault !== undefined) throw new UserError(fault)
  return { password: await hashPassword(typed) }
}

/** None that is read as another. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** 79 bits: `k7mq-92xw-…`. */
function newPassword(): string {
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return Array.from({ length: 4 }, group).join('-')
}
