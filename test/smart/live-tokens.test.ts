/** What lets somebody see a record ends: so does what their apps see, with the tokens that they have. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { breakGlass, closeGlass, glassTime } from '../../server/smart/accounts/break-glass.ts'
import { invite, useInvitation } from '../../server/smart/accounts/invitations.ts'
import { openSmart } from '../../server/smart/open-smart.ts'
import type { Smart } from '../../server/smart/smart.ts'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'
import { type AccountServer, accountServer, client } from '../support/account-server.ts'
import { type FormBrowser, formBrowser } from '../support/form-browser.ts'

const day = 24 * 3_600_000
let world: AccountServer
let smart: Smart
let count = 0

beforeAll(async () => {
  world = await accountServer({ ageOfConsent: 16 })
  smart = openSmart(world.server.context)
}, 120_000)
afterAll(async () => {
  smart.close()
  await world.close()
})

interface Proxy {
  readonly user: FormBrowser
  /** The status of reading the child's record with the token that there is. */
  read(): Promise<number>
}

/** A guardian of a child who is sixteen in ten days, and an app of theirs. */
async function proxy(): Promise<Proxy> {
  const child = `child${++count}`
  const born = new Date(world.server.context.now() + 10 * day)
  born.setUTCFullYear(born.getUTCFullYear() - 16)
  await world.put({ resourceType: 'Patient', id: child, birthDate: born.toISOString().slice(0, 10) })
  await world.put({ resourceType: 'RelatedPerson', id: `of-${child}`, patient: { reference: `Patient/${child}` } })
  const account = await world.add(`guardian${count}`, { roles: ['patient'] })
  const letter = await invite(smart.accounts, { patient: child, relatedPerson: `of-${child}`, by: '1' })
  const code = letter.kind === 'invited' ? letter.code : ''
  expect((await useInvitation(smart.accounts, account, code, '127.0.0.1')).kind).toBe('linked')
  const user = formBrowser(world.origin)
  await user.signIn(`guardian${count}`)
  const { read } = await lastingToken(account, 'launch/patient patient/*.rs', child)
  return { user, read: () => read(`Patient/${child}`) }
}

/** For longer than what it is for. */
async function lastingToken(account: string, scopes: string, patient?: string) {
  const { database } = world.server.context.store
  const created = world.server.context.now()
  const times = { created, expires: created + 100 * day }
  const given = { client: client.id, account, scopes, context: {}, ...times }
  const grant = await addGrant(database, { ...given, ...(patient !== undefined && { patient }) })
  const token = newToken()
  await addToken(database, { hash: secretHash(token), kind: 'access', grant, scopes, ...times })
  const read = async (path: string) => {
    const reply = await fetch(`${world.origin}/fhir/${path}`, { headers: { authorization: `Bearer ${token}` } })
    return reply.status
  }
  return { token, read }
}

describe('a proxy', () => {
  test('ends with its time', async () => {
    const { read } = await proxy()
    expect(await read()).toBe(200)
    world.pass(11 * day)
    expect(await read()).not.toBe(200)
  })

  test('is stopped, and the next request knows', async () => {
    const { user, read } = await proxy()
    expect(await read()).toBe(200)
    const { text } = await user.get('/auth/people')
    const stop = /name="stop" value="(\d+)"/.exec(text)![1]!
    await user.submit(text, '/auth/people', { stop })
    expect(await read()).not.toBe(200)
  })
})

describe('emergency access', () => {
  const broken = async () => {
    const account = await world.add(`nurse${++count}`, { roles: ['practitioner'] })
    await world.put({ resourceType: 'Patient', id: `p${count}` })
    const reason = 'Unconscious in the emergency room'
    const result = await breakGlass(smart.accounts, { account, patient: `p${count}`, reason })
    expect(result.kind).toBe('broken')
    const { token } = await lastingToken(account, 'user/*.rs')
    const behind = async () => {
      // As a process that does not remember the token.
      smart.checks.forget()
      return (await smart.checks.callerOf(token))?.behindGlass
    }
    expect(await behind()).toEqual([`p${count}`])
    return { account, behind, number: result.kind === 'broken' ? result.number : '' }
  }

  test('ends with its hour', async () => {
    const { behind } = await broken()
    world.pass(glassTime)
    expect(await behind()).toBeUndefined()
  })

  test('ends when whoever began it ends it', async () => {
    const { behind, account, number } = await broken()
    expect(await closeGlass(smart.accounts, number, account)).toBe(true)
    expect(await behind()).toBeUndefined()
  })
})

describe('signing out everywhere else', () => {
  test.each([
    ['leaves apps that stay connected as they are', {}, 200],
    ['disconnects them where that is ticked', { apps: '1' }, 401],
  ])('%s', async (_case, fields, status) => {
    const id = `own${++count}`
    await world.put({ resourceType: 'Patient', id })
    const account = await world.add(id, { roles: ['patient'], fhirUser: `Patient/${id}` })
    const [here, there] = [formBrowser(world.origin), formBrowser(world.origin)]
    await there.signIn(id)
    await here.signIn(id)
    const { read } = await lastingToken(account, 'offline_access launch/patient patient/*.rs', id)
    expect(await read(`Patient/${id}`)).toBe(200)
    const { text } = await here.get('/auth/account')
    expect(text).toContain('And disconnect all apps')
    await here.submit(text, '/auth/account', { do: 'sign-out-others', ...fields })
    expect(await read(`Patient/${id}`)).toBe(status)
    expect((await there.get('/auth/account')).status).toBe(303)
    expect((await here.get('/auth/account')).status).toBe(200)
  })
})
