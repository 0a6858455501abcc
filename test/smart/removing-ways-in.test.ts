/** What somebody signs in with is taken away by who has just signed in, or knows the password. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addIdentity, identitiesOf } from '../../server/store/accounts/identities.ts'
import { addPasskey, passkeysOf } from '../../server/store/accounts/passkeys.ts'
import { type AccountServer, accountServer, password } from '../support/account-server.ts'
import { type FormBrowser, formBrowser } from '../support/form-browser.ts'

const issuer = 'https://id.example.org'
const ways = ['passkey', 'identity'] as const
let world: AccountServer

beforeAll(async () => {
  world = await accountServer()
}, 120_000)
afterAll(() => world.close())

interface Way {
  readonly user: FormBrowser
  readonly path: string
  readonly fields: Readonly<Record<string, string>>
  count(): Promise<number>
}

async function added(way: (typeof ways)[number], username: string): Promise<Way> {
  const account = await world.add(username)
  const { now, store } = world.server.context
  const { database } = store
  const user = formBrowser(world.origin)
  await user.signIn(username)
  if (way === 'identity') {
    await addIdentity(database, { issuer, subject: username }, account, now())
    const count = async () => (await identitiesOf(database, account)).length
    return { user, path: '/auth/account/external', fields: { unlink: `${issuer} ${username}` }, count }
  }
  const credential = Buffer.from(username)
  const key = { credential, publicKey: Buffer.alloc(8), counter: 0, transports: [], backedUp: false, name: 'My phone' }
  await addPasskey(database, { ...key, account, created: now() })
  const count = async () => (await passkeysOf(database, account)).length
  return { user, path: '/auth/account/passkeys', fields: { remove: credential.toString('base64url') }, count }
}

describe.each(ways)('a way to sign in: %s', (way) => {
  test('goes at once for who has just signed in', async () => {
    const { user, path, fields, count } = await added(way, `${way}-now`)
    await user.submit((await user.get(path)).text, path, fields)
    expect(await count()).toBe(0)
  })

  test('stays while a browser that was left open does not give the password', async () => {
    const { user, path, fields, count } = await added(way, `${way}-later`)
    world.pass(11 * 60_000)
    const { text: asked } = await user.submit((await user.get(path)).text, path, fields)
    expect(asked).toContain('name="current"')
    expect(asked).not.toContain('That is not your password')
    expect(await count()).toBe(1)
    const { text: wrong } = await user.submit(asked, path, { ...fields, current: 'wrong' })
    expect(wrong).toContain('That is not your password')
    expect(await count()).toBe(1)
    await user.submit(wrong, path, { ...fields, current: password })
    expect(await count()).toBe(0)
  })
})
