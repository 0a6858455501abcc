import { afterAll, beforeAll, expect, test } from 'vitest'
import { UserError, userWork } from '../../server/cli/user.ts'
import { ConfigError } from '../../server/config.ts'
import { addDemoAccounts } from '../../server/smart/accounts/demo-accounts.ts'
import { hasDemoAccounts } from '../../server/store/accounts/accounts.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

async function run(args: string, input = ''): Promise<string> {
  const { work, call } = userWork(args.split(' '), async () => input)
  const lines: string[] = []
  await work(call, server.context, (text) => void lines.push(text))
  return lines.join('\n')
}

test('an account is added, shown, changed, disabled and removed', async () => {
  const added = await run('add anna --role practitioner --person Practitioner/a --email anna@example.org --name Anna')
  expect(added).toMatch(/^password {4}(?:[a-z2-9]{4}-){3}[a-z2-9]{4}$/m)
  expect(await run('list')).toBe('anna  active  practitioner  Practitioner/a  Anna')
  expect(await run('set ANNA@example.org --role nurse --role admin')).toContain('roles       nurse admin')
  expect(await run('password anna')).toMatch(/^password {4}\S{19}$/)
  expect(await run('password anna --password-stdin', 'lantern orchid 42\n')).toBe("The password of 'anna' is changed.")
  await run('disable anna')
  expect(await run('show anna')).toContain('state       disabled')
  await run('enable anna')
  expect(await run('sign-out anna')).toBe("'anna' is signed out everywhere; 0 grants have ended.")
  await run('remove anna')
  expect(await run('list')).toBe('There are no accounts.')
})

test('what cannot be done is said in a sentence', async () => {
  await run('add taken')
  for (const [args, sentence] of [
    ['add taken', "The user name 'taken' or the address is another account's."],
    ['add a@b', 'A user name has no @ and no spaces.'],
    ['show nobody', "There is no account 'nobody'."],
    ['add x --role doctor', /^There is no role 'doctor'; there are admin, biller, /],
    ['add x --person Device/1', "--person takes a reference such as Practitioner/2, not 'Device/1'."],
    ['add x --email x', "--email takes an address, not 'x'."],
    ['add x --password-stdin', /^Use at least 10 characters\./],
  ] as const) {
    await expect(run(args, 'short'), args).rejects.toThrow(UserError)
    await expect(run(args, 'short'), args).rejects.toThrow(sentence)
  }
})

test.each(['', 'frob', 'add', 'list anna', 'add a b', 'add a --colour blue', 'remove'])('%s is bad usage', (args) => {
  expect(() => userWork(args.split(' '), async () => '')).toThrow(ConfigError)
})

test('the accounts of the demo are added once, and removed together', async () => {
  expect(await addDemoAccounts(server.context)).toBe(7)
  expect(await addDemoAccounts(server.context)).toBe(0)
  expect(await hasDemoAccounts(server.context.store.database)).toBe(true)
  expect(await run('remove --demo')).toBe('Removed 7 demo accounts.')
  expect(await hasDemoAccounts(server.context.store.database)).toBe(false)
})
