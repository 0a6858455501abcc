import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../server/sql.ts'
import { lockCriteria } from '../../server/store/criteria-locks.ts'
import type { Transaction } from '../../server/store/database.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

/** Whether a second transaction could take the locks of `criteria` while the first holds those of `held`. */
async function isFree(held: readonly string[], criteria: readonly string[]): Promise<boolean> {
  const { store, indexes } = server.context
  const lock = (tx: Transaction, list: readonly string[]) => lockCriteria(tx, indexes.terms, list)
  return store.database.transaction(async (first) => {
    await lock(first, held)
    const attempt = store.database.transaction(async (second) => {
      await second.query(sql`set local lock_timeout = '50ms'`, { prepared: false })
      await lock(second, criteria)
    })
    return attempt.then(
      () => true,
      () => false,
    )
  })
}

test.each([
  ['the same criteria', ['Patient?a=b'], false],
  ['the same among others', ['Patient?c=d', 'Patient?a=b'], false],
  ['the same in another encoding', ['Patient?%61=b'], false],
  ['other criteria', ['Patient?a=c'], true],
  ['the same criteria of another type', ['Group?a=b'], true],
  ['none', [], true],
])('%s wait or do not', async (_case, criteria, free) => {
  expect(await isFree(['Patient?a=b'], criteria)).toBe(free)
})

test('the order of parameters makes no difference', async () => {
  expect(await isFree(['Patient?a=b&c=d'], ['Patient?c=d&a=b'])).toBe(false)
})

test.each([
  ['the identifier with another criterion', 'Patient?identifier=s%7Cx&active:missing=true', false],
  ['the identifier without its system', 'Patient?identifier=x', false],
  ['the identifier in another encoding', 'Patient?active=true&identifier=s|%78', false],
  ['the identifier by its type', 'Patient?identifier:of-type=s|mr|x', false],
  ['the identifier among alternatives', 'Patient?identifier=s|y,s|x', false],
  ['another identifier with the same criterion', 'Patient?identifier=s|y&active=true', true],
  ['the identifier of another type', 'Group?identifier=s|x', true],
  ['all identifiers of the system', 'Patient?identifier=s|', true],
  ['no identifier', 'Patient?active=true', true],
])('of searches by identifier those for %s wait or do not', async (_case, criteria, free) => {
  expect(await isFree(['Patient?identifier=s|x&active=true'], [criteria])).toBe(free)
})

test('thousands of criteria fit', async () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `Patient?identifier=${i}`)
  expect(await isFree(many, ['Patient?identifier=1'])).toBe(false)
})
