import { expect, test } from 'vitest'
import {
  checkPassword,
  currentCost,
  hashPassword,
  longestPassword,
  needsRehash,
  verifyPassword,
} from '../../../server/smart/accounts/password.ts'

const cheap = { memory: 64, passes: 1, parallelism: 1 }

test('a password is verified against its own hash alone', async () => {
  const stored = await hashPassword('Zebra crossing at 7', cheap)
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  expect(await verifyPassword('Zebra crossing at 7', stored)).toBe(true)
  expect(await verifyPassword('Zebra crossing at 8', stored)).toBe(false)
  expect(await verifyPassword('', stored)).toBe(false)
})

test('the same password has another hash each time', async () => {
  expect(await hashPassword('same', cheap)).not.toBe(await hashPassword('same', cheap))
})

// A test case of the reference implementation: https://github.com/P-H-C/phc-winner-argon2/blob/master/src/test.c
test('a hash of the reference implementation is verified', async () => {
  const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await verifyPassword('password', stored)).toBe(true)
  expect(await verifyPassword('passwort', stored)).toBe(false)
})

test('the same characters in another encoding are the same password', async () => {
  const stored = await hashPassword('Café au lait am Rhein', cheap)
  expect(await verifyPassword('Cafe\u0301 au lait am Rhein', stored)).toBe(true)
})

test.each([
  ['no hash', undefined],
  ['another function', '$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'],
  ['an empty text', ''],
  [
    'more memory than anyone means',
    '$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ],
])('nothing is right where there is %s', async (_case, stored) => {
  expect(await verifyPassword('password', stored)).toBe(false)
})

test('an unknown account takes about as long as a known one', async () => {
  const stored = await hashPassword('Zebra crossing at 7')
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let i = 0; i < 7; i++) {
    times.known.push(await milliseconds(() => verifyPassword('wrong', stored)))
    times.unknown.push(await milliseconds(() => verifyPassword('wrong', undefined)))
  }
  const ratio = Math.min(...times.unknown) / Math.min(...times.known)
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})

test('a password longer than any that is accepted is not verified by its beginning', async () => {
  const stored = await hashPassword('a'.repeat(longestPassword), cheap)
  expect(await verifyPassword('a'.repeat(longestPassword), stored)).toBe(true)
  expect(await verifyPassword('a'.repeat(longestPassword + 1), stored)).toBe(false)
})

test.each([
  ["today's cost", currentCost, false],
  ['less memory', { ...currentCost, memory: 1024 }, true],
  ['fewer passes', { ...currentCost, passes: 1 }, true],
])('a hash of %s is renewed: %s', async (_case, cost, renewed) => {
  expect(needsRehash(await hashPassword('x', cost))).toBe(renewed)
})

test('a right password comes back with its new hash, a wrong one with none', async () => {
  const stored = await hashPassword('Zebra crossing at 7', cheap)
  const next = { ...cheap, passes: 2 }
  const { right, rehashed } = await checkPassword('Zebra crossing at 7', stored, next)
  expect(right).toBe(true)
  expect(await verifyPassword('Zebra crossing at 7', rehashed)).toBe(true)
  expect(await checkPassword('wrong', stored, next)).toEqual({ right: false })
  expect(await checkPassword('Zebra crossing at 7', rehashed, next)).toEqual({ right: true })
})

test('many passwords at once are all verified', async () => {
  const stored = await hashPassword('Zebra crossing at 7', cheap)
  const results = await Promise.all(
    Array.from({ length: 40 }, (_, i) => verifyPassword(i % 2 ? 'wrong' : 'Zebra crossing at 7', stored)),
  )
  expect(results.filter(Boolean)).toHaveLength(20)
})

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
