/** Tokens in the database, where two use one at the same moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newToken, secretHash } from '../../../server/store/accounts/codes.ts'
import { addGrant } from '../../../server/store/smart/grants.ts'
import { addToken, revokeIfUsed, takeToken } from '../../../server/store/smart/tokens.ts'
import { type SmartServer, smartServer } from '../../support/smart-server.ts'

let server: SmartServer
beforeAll(async () => {
  server = await smartServer()
})
afterAll(() => server?.close())

const expires = Date.now() + 600_000

async function newCode(): Promise<Buffer> {
  const { database } = server.context.store
  const created = Date.now()
  const grant = await addGrant(database, { client: 'public', scopes: 'openid', context: {}, created, expires })
  const hash = secretHash(newToken())
  await addToken(database, { hash, kind: 'code', grant, scopes: 'openid', created, expires })
  return hash
}

test('whoever asks for a code that another is just using waits, and gets nothing', async () => {
  const { database } = server.context.store
  const hash = await newCode()
  let second: ReturnType<typeof takeToken> | undefined
  const first = await database.transaction(async (tx) => {
    const taken = await takeToken(tx, hash, 'code', Date.now())
    second = takeToken(database, hash, 'code', Date.now())
    const isWaiting = () =>
      database.pool.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
    while ((await isWaiting()).rowCount === 0) await sleep(5)
    return taken
  })
  expect(first).toMatchObject({ client: 'public', kind: 'code' })
  expect(await second).toBeUndefined()
  expect(await revokeIfUsed(database, hash, 'code', Date.now())).toBe(true)
})

test('what was taken by a transaction that failed can be taken', async () => {
  const { database } = server.context.store
  const hash = await newCode()
  const failing = database.transaction(async (tx) => {
    await takeToken(tx, hash, 'code', Date.now())
    throw new Error('Undone.')
  })
  await expect(failing).rejects.toThrow('Undone.')
  expect(await takeToken(database, hash, 'code', Date.now())).toMatchObject({ kind: 'code' })
})

test.each([
  ['of another kind', 'refresh', 0],
  ['after its time', 'code', 600_001],
] as const)('a code is not taken %s', async (_name, kind, later) => {
  const { database } = server.context.store
  expect(await takeToken(database, await newCode(), kind, Date.now() + later)).toBeUndefined()
})
