import { afterAll, beforeAll, expect, test } from 'vitest'
import { isMailAddress } from '../../../server/notices/address.ts'
import { type Accounts, openAccounts, tidyAccounts } from '../../../server/smart/accounts/open-accounts.ts'
import { beginPasskeySignIn } from '../../../server/smart/accounts/passkeys.ts'
import { register } from '../../../server/smart/accounts/registration.ts'
import { sql } from '../../../server/sql.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
let accounts: Accounts
let time = Date.UTC(2026, 0, 5)
const day = 24 * 3_600_000

beforeAll(async () => {
  server = await testServer({ config: { publicUrl: 'https://health.example' }, context: { now: () => time } })
  accounts = openAccounts({
    context: () => server.context,
    notify: async () => {},
    isAddress: isMailAddress,
    audit: async () => {},
    revokeGrants: async () => {},
    name: 'Candela',
  })
})
afterAll(() => server.close())

test('what counts no more is removed, and nothing else', async () => {
  const person = { name: 'Marta', password: 'correct-horse-battery-staple' }
  await register(accounts, { ...person, username: 'marta', email: 'marta@example.org' }, '192.0.2.1')
  await beginPasskeySignIn(accounts)
  const counts = async () => {
    const [row] = await accounts.database.query(sql`
      select (select count(*)::int from account) as accounts, (select count(*)::int from mail_token) as links,
        (select count(*)::int from passkey_challenge) as challenges, (select count(*)::int from rate_limit) as limits`)
    return row
  }
  await tidyAccounts(accounts)
  expect(await counts()).toEqual({ accounts: 1, links: 1, challenges: 1, limits: 1 })
  time += 2 * day
  await tidyAccounts(accounts)
  expect(await counts()).toEqual({ accounts: 1, links: 1, challenges: 0, limits: 0 })
  time += 60 * day
  await tidyAccounts(accounts)
  expect(await counts()).toEqual({ accounts: 0, links: 0, challenges: 0, limits: 0 })
})
