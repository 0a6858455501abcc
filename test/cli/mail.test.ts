import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mailWork } from '../../server/cli/mail.ts'
import { ConfigError } from '../../server/config.ts'
import { deliverDue, MailRefusedError, type OutboxPowers, queueNotice } from '../../server/notices/outbox.ts'
import { createSealer } from '../../server/sealing.ts'
import { type AccountDatabase, accountDatabase, testClock } from '../support/account-database.ts'

let opened: AccountDatabase
let powers: OutboxPowers
const { now } = testClock()
const link = 'https://health.example/auth/reset-password?token=s3cr3t'

beforeAll(async () => {
  opened = await accountDatabase()
  const sealer = createSealer([randomBytes(32)])
  powers = { db: opened.database, sealer, now, sender: 'Candela', host: 'health.example' }
})
afterAll(() => opened.close())

const run = (...args: string[]) => mailWork(args)(powers)

test('an administrator reads what waits, and has it tried again when it was refused', async () => {
  expect(await run('list')).toEqual({ text: 'There are no mails.', status: 0 })
  const notice = { template: 'reset-password', parameters: { link, time: 'PT30M' }, language: 'en' } as const
  await queueNotice(powers, opened.database, 'marta@example.org', notice)
  expect((await run('list', '--state', 'waiting')).text).toMatch(
    /^1 .* waiting {2}marta@example\.org {2}reset-password$/,
  )
  expect((await run('list')).text).not.toContain('s3cr3t')
  expect((await run('show', '1')).text).toContain(link)

  await deliverDue(powers, async () => {
    throw new MailRefusedError('no such mailbox')
  })
  expect((await run('list', '--state', 'failed')).text).toMatch(/one try {2}no such mailbox$/)
  expect(await run('retry', '1')).toEqual({ text: 'Mail 1 is tried again.', status: 0 })
  await deliverDue(powers, async () => {})
  expect((await run('show', '1')).text).toContain('What it said is not kept once it is sent.')
  expect((await run('retry', '1')).status).toBe(1)
})

test('of a mail that is not there nothing is shown', async () => {
  expect(await run('show', '99')).toEqual({ text: 'There is no mail 99 that waits.', status: 1 })
})

test.each([[[]], [['lst']], [['show']], [['show', 'x']], [['list', '--state', 'gone']], [['retry', '1', '2']]])(
  '%j is no command',
  (args) => {
    expect(() => mailWork(args)).toThrow(ConfigError)
  },
)
