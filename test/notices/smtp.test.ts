import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBackground } from '../../server/interactions/background.ts'
import { openNotices } from '../../server/notices/open-notices.ts'
import { deliverDue } from '../../server/notices/outbox.ts'
import { openSmtp } from '../../server/notices/smtp.ts'
import { createSealer } from '../../server/sealing.ts'
import { sql } from '../../server/sql.ts'
import { type AccountDatabase, accountDatabase } from '../support/account-database.ts'
import { type MailServer, mailServer } from '../support/mail-server.ts'

let opened: AccountDatabase
let server: MailServer
const sealer = createSealer([randomBytes(32)])
const link = 'https://health.example/auth/reset-password?token=s3cr3t-and_long'
const notice = { template: 'reset-password', parameters: { link, time: 'PT30M' }, language: 'en' } as const
const background = createBackground(() => '')

beforeAll(async () => {
  ;[opened, server] = await Promise.all([accountDatabase(), mailServer()])
})
afterAll(async () => {
  await background.close()
  await Promise.all([opened.close(), server.close()])
})
beforeEach(async () => {
  server.mails.length = 0
  server.answer = () => undefined
  await opened.database.query(sql`truncate outbox`)
})

function notices(smtpUrl: string | undefined) {
  const address = { publicUrl: 'https://health.example', mailFrom: 'practice@health.example' }
  const settings = { ...address, smtpUrl, practiceName: 'Candela' }
  return openNotices(settings, { database: opened.database, sealer, now: Date.now, background })
}

/** Without the watch: nothing is sent but by `deliver`. */
function smtp(url = server.url) {
  const silent = notices(undefined)
  const { send, close } = openSmtp({ url, from: { name: 'Candela', address: 'practice@health.example' } })
  return { notify: silent.notify, deliver: () => deliverDue(silent.outbox, send).finally(close) }
}

test('a notice arrives as text and as HTML, with its link whole', async () => {
  const { notify, deliver } = smtp()
  await notify(opened.database, 'marta@example.org', notice)
  expect(await deliver()).toEqual({ sent: 1, postponed: 0, failed: 0 })
  const [mail] = server.mails
  expect(mail!.from!.value).toEqual([{ name: 'Candela', address: 'practice@health.example' }])
  expect(mail!.subject).toBe('Choose a new password – Candela')
  expect(mail!.text).toContain(link)
  expect(mail!.html).toContain('token&#61;s3cr3t-and_long'.replace('&#61;', '='))
  expect(mail!.headers.get('auto-submitted')).toBe('auto-generated')
  expect(mail!.messageId).toMatch(/^<notice-\d+@health\.example>$/)
})

test.each([
  ['does not exist fails', 550, { sent: 0, postponed: 0, failed: 1 }],
  ['is not taken just now is tried again', 450, { sent: 0, postponed: 1, failed: 0 }],
])('a notice to an address that %s', async (_case, code, expected) => {
  server.answer = () => code
  const { notify, deliver } = smtp()
  await notify(opened.database, 'nobody@example.org', notice)
  expect(await deliver()).toEqual(expected)
})

test('a notice waits while there is no mail server', async () => {
  const { notify, deliver } = smtp('smtp://127.0.0.1:1')
  await notify(opened.database, 'marta@example.org', notice)
  expect(await deliver()).toEqual({ sent: 0, postponed: 1, failed: 0 })
})

test('nothing goes over a network in clear', async () => {
  const url = new URL(server.url)
  // Another name of this machine, which is not known as one.
  url.hostname = '0.0.0.0'
  const { notify, deliver } = smtp(url.href)
  await notify(opened.database, 'marta@example.org', notice)
  expect(await deliver()).toEqual({ sent: 0, postponed: 1, failed: 0 })
  expect(server.mails).toEqual([])
})

test('a server sends by itself what is stored', async () => {
  const running = notices(server.url)
  await running.notify(opened.database, 'marta@example.org', notice)
  await expect.poll(() => server.mails.length, { interval: 100 }).toBe(1)
  running.close()
}, 20_000)

test('without a mail server an administrator reads what would be sent', async () => {
  const running = notices(undefined)
  await running.notify(opened.database, 'marta@example.org', notice)
  const [entry] = await running.read({ most: 10 })
  expect(entry).toMatchObject({ address: 'marta@example.org', state: 'waiting' })
  expect(entry!.content!.text).toContain(link)
  running.close()
})
