/** Keys are changed while servers go on: each of them opens what others have sealed. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueNotice, readOutbox } from '../server/notices/outbox.ts'
import { changeSealingKey } from '../server/reseal.ts'
import { addSealingKey, openSealer } from '../server/sealing-keys.ts'
import { beginTotp, pendingTotp } from '../server/smart/accounts/second-factor.ts'
import { signingKeys } from '../server/smart/keys.ts'
import { addState, findState } from '../server/store/smart/app-states.ts'
import { type AccountDatabase, accountDatabase, auditLog, testClock } from './support/account-database.ts'

let opened: AccountDatabase
let dataDir: string
const { now } = testClock()
const { audit } = auditLog()

beforeAll(async () => {
  opened = await accountDatabase()
  dataDir = mkdtempSync(join(tmpdir(), 'candela-keys-'))
})
afterAll(async () => {
  await opened.close()
  rmSync(dataDir, { recursive: true })
})

const keyFile = () => join(dataDir, 'keys', 'sealing-keys')
const keys = () => readFileSync(keyFile(), 'utf8').trim().split('\n')

test('everything that was sealed is sealed anew, and opened by servers that run', async () => {
  const { database } = opened
  const sealer = openSealer(dataDir)
  const powers = { database, sealer, now, audit }
  const outbox = { db: database, sealer, now, sender: 'A practice', host: 'localhost' }
  const account = { number: '7', label: 'marta' }
  const id = randomUUID()
  await signingKeys(powers).published()
  const enrolment = await beginTotp(powers, account, 'Candela')
  await queueNotice(outbox, database, 'marta@example.org', {
    template: 'password-changed',
    parameters: { when: 'today', link: 'https://example.org/reset' },
    language: 'en',
  })
  const state = { client: null, system: 'https://app.example.org', code: 'keys', subject: null }
  await addState(database, state, { id, sealed: sealer.seal('[]', `app-state:${id}`), now: now(), most: 1 })
  const [first] = keys()

  expect(await changeSealingKey(database, dataDir)).toEqual({ values: 4, forgotten: 0 })
  expect(keys()).toHaveLength(2)
  expect(keys()[1]).toBe(first)
  // Those that sealed it opened the file before the key was changed.
  expect(await pendingTotp(powers, account, 'Candela')).toEqual(enrolment)
  expect((await readOutbox(outbox, { most: 1 }))[0]!.content?.subject).toEqual(expect.any(String))
  expect(await signingKeys({ ...powers, sealer: openSealer(dataDir) }).sign({ sub: '7' })).toMatch(/^ey/)
  expect(sealer.open((await findState(database, id))!.sealed, `app-state:${id}`)).toBe('[]')

  expect(await changeSealingKey(database, dataDir)).toEqual({ values: 4, forgotten: 1 })
  expect(keys()).not.toContain(first)
  expect(await pendingTotp(powers, account, 'Candela')).toEqual(enrolment)
})

test('what was stopped in the middle is gone on with', async () => {
  const { database } = opened
  addSealingKey(dataDir)
  addSealingKey(dataDir)
  const { values, forgotten } = await changeSealingKey(database, dataDir)
  expect(values).toBe(4)
  expect(forgotten).toBe(3)
})

test('keys stay that something is sealed with which is never changed', async () => {
  const { database } = opened
  const seal = openSealer(dataDir).seal('x', 'audit segment 1')
  await database.pool.query(
    `insert into audit_segment (number, made, journal, pks, leaves, hash, seal) values (1, 1, '{}', '{}', '', '', $1)`,
    [seal],
  )
  for (let i = 0; i < 4; i++) await changeSealingKey(database, dataDir)
  expect(openSealer(dataDir).open(seal, 'audit segment 1')).toBe('x')
  expect(keys()).toHaveLength(3)
})

test('nobody else reads the keys', () => {
  expect((statSync(keyFile()).mode & 0o777).toString(8)).toBe('600')
})
