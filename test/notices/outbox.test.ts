import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createBackground } from '../../server/interactions/background.ts'
import {
  deliverDue,
  type Mail,
  MailRefusedError,
  mostAttempts,
  type OutboxPowers,
  pauseAfter,
  queueNotice,
  readOutbox,
} from '../../server/notices/outbox.ts'
import { watchOutbox } from '../../server/notices/watch-outbox.ts'
import { createSealer } from '../../server/sealing.ts'
import { sql } from '../../server/sql.ts'
import { forgetSent, retryNotice } from '../../server/store/outbox.ts'
import { type AccountDatabase, accountDatabase, testClock } from '../support/account-database.ts'

let opened: AccountDatabase
let powers: OutboxPowers
let mails: Mail[]
const clock = testClock()
const hour = 3_600_000

beforeAll(async () => {
  opened = await accountDatabase()
  const sealer = createSealer([randomBytes(32)])
  powers = { db: opened.database, sealer, now: clock.now, sender: 'Candela', host: 'health.example' }
})
afterAll(() => opened.close())
beforeEach(async () => {
  mails = []
  await opened.database.query(sql`truncate outbox`)
})

const send = async (mail: Mail) => void mails.push(mail)
const fail = async () => {
  throw new Error('connection refused')
}
const link = 'https://health.example/reset?token=s3cr3t'

function queue(address = 'marta@example.org', db: OutboxPowers['db'] = powers.db): Promise<void> {
  const parameters = { link, time: 'PT30M' }
  return queueNotice(powers, db, address, { template: 'reset-password', parameters, language: undefined })
}

test('a notice is sent once, with what it says', async () => {
  await queue()
  expect(await deliverDue(powers, send)).toEqual({ sent: 1, postponed: 0, failed: 0 })
  expect(await deliverDue(powers, send)).toEqual({ sent: 0, postponed: 0, failed: 0 })
  expect(mails).toHaveLength(1)
  expect(mails[0]).toMatchObject({ to: 'marta@example.org', subject: 'Choose a new password – Candela' })
  expect(mails[0]!.text).toContain(link)
  expect(mails[0]!.messageId).toMatch(/^<notice-\d+@health\.example>$/)
})

test('a notice is sent in the language of its reader', async () => {
  const parameters = { link, time: 'PT30M' }
  await queueNotice(powers, powers.db, 'marta@example.org', { template: 'reset-password', parameters, language: 'es' })
  const [entry] = await readOutbox(powers, { most: 1 })
  expect(entry!.content!.subject).toBe('Elija una contraseña nueva – Candela')
  await deliverDue(powers, send)
  expect(mails[0]!.text).toContain('durante 30 minutos')
})

test('a notice of a transaction that fails is never sent', async () => {
  const failing = opened.database.transaction(async (tx) => {
    await queue('marta@example.org', tx)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 0 })
})

test('its link lies nowhere in clear, and is gone once it was sent', async () => {
  await queue()
  const stored = async () => {
    const rows = await powers.db.query<{ text: string }>(sql`select o::text as text from outbox o`)
    return rows[0]!.text
  }
  expect(await stored()).not.toContain(Buffer.from('s3cr3t').toString('hex'))
  await deliverDue(powers, send)
  const [entry] = await readOutbox(powers, { most: 10 })
  expect(entry).toMatchObject({ state: 'sent', parameters: null, attempts: 1 })
  expect(entry).not.toHaveProperty('content')
})

test('without a mail server it stays, for an administrator to read', async () => {
  await queue()
  const [entry] = await readOutbox(powers, { state: 'waiting', most: 10 })
  expect(entry!.content!.text).toContain(link)
  expect(entry).toMatchObject({ address: 'marta@example.org', template: 'reset-password', attempts: 0, sent: null })
})

test('what could not be sent is tried again, later each time, for days', async () => {
  await queue()
  expect(await deliverDue(powers, fail)).toMatchObject({ postponed: 1 })
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 0 })
  clock.pass(pauseAfter(1))
  expect(await deliverDue(powers, fail)).toMatchObject({ postponed: 1 })
  clock.pass(pauseAfter(1))
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 0 })
  clock.pass(pauseAfter(2))
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 1 })
})

test('the pauses grow to six hours', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 31].map((n) => pauseAfter(n) / 60_000)).toEqual([0.5, 2, 8, 32, 128, 360, 360, 360])
})

test('after a week it waits for an administrator, who can have it sent', async () => {
  await queue()
  let last = { failed: 0 }
  for (let i = 0; i < mostAttempts; i++) {
    last = await deliverDue(powers, fail)
    clock.pass(6 * hour)
  }
  expect(last).toMatchObject({ failed: 1 })
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 0 })
  const [entry] = await readOutbox(powers, { state: 'failed', most: 10 })
  expect(entry).toMatchObject({ error: 'connection refused', attempts: mostAttempts })
  expect(await retryNotice(powers.db, entry!.number, clock.now())).toBe(true)
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 1 })
  expect(await retryNotice(powers.db, entry!.number, clock.now())).toBe(false)
})

test('what the receiving server refuses is not tried again, and holds up nothing else', async () => {
  await queue('gone@example.org')
  await queue()
  const sendOthers = async (mail: Mail) => {
    if (mail.to.startsWith('gone')) throw new MailRefusedError('550 no such user')
    await send(mail)
  }
  expect(await deliverDue(powers, sendOthers)).toEqual({ sent: 1, postponed: 0, failed: 1 })
  clock.pass(24 * hour)
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 0 })
})

test('several processes at once send each notice once', async () => {
  for (let i = 0; i < 30; i++) await queue(`a${i}@example.org`)
  await Promise.all(Array.from({ length: 6 }, () => deliverDue(powers, send)))
  expect(mails.map(({ to }) => to).sort()).toEqual(Array.from({ length: 30 }, (_, i) => `a${i}@example.org`).sort())
})

test('what a process had claimed when it died is sent by another, under the same id', async () => {
  await queue()
  const died = deliverDue(powers, (mail) => {
    mails.push(mail)
    return new Promise(() => {})
  })
  void died
  await expect.poll(() => mails.length).toBe(1)
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 0 })
  clock.pass(600_001)
  expect(await deliverDue(powers, send)).toMatchObject({ sent: 1 })
  expect(mails[1]).toEqual(mails[0])
})

test('a notice that this version does not know waits', async () => {
  await queue()
  await powers.db.query(sql`update outbox set template = 'of-a-newer-version'`)
  expect(await deliverDue(powers, send)).toMatchObject({ postponed: 1 })
  expect((await readOutbox(powers, { most: 1 }))[0]).toMatchObject({ state: 'waiting', template: 'of-a-newer-version' })
})

test('nothing is stored for what is no address', async () => {
  await expect(queue('marta@example.org\r\nBcc: x@example.org')).rejects.toThrow('no address')
})

test('what was sent long ago is forgotten, what waits is not', async () => {
  await queue()
  await deliverDue(powers, send)
  await queue()
  clock.pass(hour)
  await forgetSent(powers.db, clock.now())
  expect((await readOutbox(powers, { most: 10 })).map(({ state }) => state)).toEqual(['waiting'])
})

test('the watch sends what is there, and what comes', async () => {
  await queue()
  const background = createBackground(() => {})
  const watch = watchOutbox(background, powers, send)
  await expect.poll(() => mails.length).toBe(1)
  await queue()
  watch.nudge()
  await expect.poll(() => mails.length).toBe(2)
  watch.stop()
  await background.close()
})
