import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSealer } from '../../../server/sealing.ts'
import {
  beginTotp,
  confirmTotp,
  hasTotp,
  removeTotp,
  renewBackupCodes,
  type SecondFactorPowers,
  useSecondFactor,
} from '../../../server/smart/accounts/second-factor.ts'
import { timeStep, totpCode } from '../../../server/smart/accounts/totp.ts'
import { sql } from '../../../server/sql.ts'
import { countBackupCodes } from '../../../server/store/accounts/second-factors.ts'
import { type AccountDatabase, accountDatabase, auditLog, testClock } from '../../support/account-database.ts'

let opened: AccountDatabase
let powers: SecondFactorPowers
let number = 0
let account: string
const log = auditLog()
const clock = testClock()
const step = 30_000

beforeAll(async () => {
  opened = await accountDatabase()
  powers = { database: opened.database, sealer: createSealer([randomBytes(32)]), now: clock.now, audit: log.audit }
})
afterAll(() => opened.close())
beforeEach(() => {
  account = String(++number)
  log.events.length = 0
})

async function begin(): Promise<Buffer> {
  const { secret, uri } = await beginTotp(powers, { number: account, label: 'marta' }, 'Candela')
  expect(uri).toContain(`secret=${secret}`)
  return base32Bytes(secret)
}

async function enrol() {
  const secret = await begin()
  const codes = await confirmTotp(powers, account, codeOf(secret))
  clock.pass(step)
  return { secret, codes: codes! }
}

const codeOf = (secret: Buffer) => totpCode(secret, timeStep(clock.now()))

test('an app counts once a code of it was typed', async () => {
  const secret = await begin()
  expect(await hasTotp(powers, account)).toBe(false)
  expect(await useSecondFactor(powers, account, codeOf(secret))).toBeUndefined()
  expect(await confirmTotp(powers, account, '000000')).toBeUndefined()
  expect(await confirmTotp(powers, account, codeOf(secret))).toHaveLength(10)
  expect(await hasTotp(powers, account)).toBe(true)
  expect(log.events.map(({ kind }) => kind)).toEqual([
    'second-factor-refused',
    'second-factor-added',
    'backup-codes-made',
  ])
})

test('a code is taken once, that of the enrolment included', async () => {
  const secret = await begin()
  const first = codeOf(secret)
  await confirmTotp(powers, account, first)
  expect(await useSecondFactor(powers, account, first)).toBeUndefined()
  clock.pass(step)
  expect(await useSecondFactor(powers, account, codeOf(secret))).toBe('app')
  expect(await useSecondFactor(powers, account, codeOf(secret))).toBeUndefined()
})

test('after a later code the one before it is not taken any more', async () => {
  const { secret } = await enrol()
  const earlier = codeOf(secret)
  clock.pass(step)
  expect(await useSecondFactor(powers, account, codeOf(secret))).toBe('app')
  expect(await useSecondFactor(powers, account, earlier)).toBeUndefined()
})

test('of a hundred uses of one code at once, one succeeds', async () => {
  const { secret, codes } = await enrol()
  for (const code of [codeOf(secret), codes[0]!]) {
    const results = await Promise.all(Array.from({ length: 100 }, () => useSecondFactor(powers, account, code)))
    expect(results.filter((result) => result !== undefined)).toHaveLength(1)
  }
})

test('each of ten backup codes is taken once, as it was typed', async () => {
  const { codes } = await enrol()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) {
    expect(await useSecondFactor(powers, account, code.toLowerCase().replaceAll('-', ' '))).toBe('backup-code')
    expect(await useSecondFactor(powers, account, code)).toBeUndefined()
  }
  expect(await countBackupCodes(powers.database, account)).toBe(0)
})

test('new backup codes end the old ones', async () => {
  const { codes } = await enrol()
  const renewed = await renewBackupCodes(powers, account)
  expect(await useSecondFactor(powers, account, codes[0]!)).toBeUndefined()
  expect(await useSecondFactor(powers, account, renewed[0]!)).toBe('backup-code')
})

test('codes of another account are not taken', async () => {
  const { secret, codes } = await enrol()
  account = String(++number)
  await enrol()
  expect(await useSecondFactor(powers, account, codes[0]!)).toBeUndefined()
  expect(await useSecondFactor(powers, account, codeOf(secret))).toBeUndefined()
})

test('a new app takes the place of the old one when it is confirmed, not before', async () => {
  const { secret: old } = await enrol()
  const secret = await begin()
  expect(await useSecondFactor(powers, account, codeOf(old))).toBe('app')
  await confirmTotp(powers, account, codeOf(secret))
  clock.pass(step)
  expect(await useSecondFactor(powers, account, codeOf(old))).toBeUndefined()
  expect(await useSecondFactor(powers, account, codeOf(secret))).toBe('app')
})

test('after removal nothing is left, and it is known who did it', async () => {
  const { codes } = await enrol()
  await removeTotp(powers, account, '77')
  expect(await hasTotp(powers, account)).toBe(false)
  expect(await useSecondFactor(powers, account, codes[0]!)).toBeUndefined()
  expect(log.events).toContainEqual({ kind: 'second-factor-removed', account, by: '77' })
})

test('neither secrets nor codes lie in clear in the database', async () => {
  const { secret, codes } = await enrol()
  const rows = await powers.database.query<{ text: string }>(sql`
    select t::text as text from account_totp t union all select c::text from account_backup_code c`)
  const stored = rows.map(({ text }) => text).join()
  const plain = Buffer.from(codes[0]!.replaceAll('-', ''))
  for (const bytes of [secret, plain, Buffer.from(secret.toString('base64'))]) {
    expect(stored).not.toContain(bytes.toString('hex'))
  }
})

function base32Bytes(text: string): Buffer {
  const bits = [...text].map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
  return Buffer.from(
    bits
      .join('')
      .match(/.{8}/g)!
      .map((byte) => Number.parseInt(byte, 2)),
  )
}
