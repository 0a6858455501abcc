/** A sign-in that is half done ends with what it was begun with. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashPassword } from '../../../server/smart/accounts/password.ts'
import { accountOfTicket, ticketFor } from '../../../server/smart/accounts/sign-in-ticket.ts'
import { changeAccount } from '../../../server/store/accounts/accounts.ts'
import { activateTotp, removeSecondFactors, savePendingTotp } from '../../../server/store/accounts/second-factors.ts'
import { type AccountServer, accountServer, password } from '../../support/account-server.ts'

let world: AccountServer

beforeAll(async () => {
  world = await accountServer()
}, 120_000)
afterAll(() => world.close())

const powers = () => ({ ...world.server.context, database: world.server.context.store.database })

async function newApp(account: string): Promise<void> {
  const secret = Buffer.from(`sealed ${Math.random()}`)
  const { database, now } = powers()
  await savePendingTotp(database, account, secret, now())
  await activateTotp(database, account, secret, 1)
}

async function ticketOf(username: string): Promise<{ account: string; ticket: string }> {
  const account = await world.add(username)
  await newApp(account)
  return { account, ticket: await ticketFor(account, powers()) }
}

test('a ticket counts for the account that it was made for', async () => {
  const { account, ticket } = await ticketOf('anna')
  expect(await accountOfTicket(ticket, powers())).toBe(account)
  expect(await accountOfTicket(`${ticket.slice(0, -4)}AAAA`, powers())).toBeUndefined()
})

test.each([
  [
    'another password',
    async (account: string) =>
      changeAccount(powers().database, account, { password: await hashPassword('violet harbour 77') }),
  ],
  [
    'the same password, set again',
    async (account: string) => changeAccount(powers().database, account, { password: await hashPassword(password) }),
  ],
  ['another authenticator app', newApp],
  ['no second step', (account: string) => removeSecondFactors(powers().database, account)],
  ['a closed account', (account: string) => changeAccount(powers().database, account, { state: 'disabled' })],
  ['ten minutes', async () => world.pass(10 * 60_000)],
])('a ticket ends with %s', async (_case, change) => {
  const { account, ticket } = await ticketOf(`person${_case.replaceAll(/\W/g, '')}`)
  await change(account)
  expect(await accountOfTicket(ticket, powers())).toBeUndefined()
})
