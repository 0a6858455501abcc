import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer } from '../server/sealing.ts'

const [old, key] = [randomBytes(32), randomBytes(32)]

test.each(['', 'x', 'Grüße 🙂', 'a'.repeat(10_000)])('what is sealed can be opened: %#', (text) => {
  const sealer = createSealer([key])
  const sealed = sealer.seal(text, 'mail:1')
  expect(sealed.includes(text) && text.length > 1).toBe(false)
  expect(sealer.open(sealed, 'mail:1')).toBe(text)
})

test('the same text is sealed in another way each time', () => {
  const sealer = createSealer([key])
  expect(sealer.seal('a', 'p').equals(sealer.seal('a', 'p'))).toBe(false)
})

test('it cannot be opened for another purpose, with another key, or changed', () => {
  const sealer = createSealer([key])
  const sealed = sealer.seal('secret', 'totp:1')
  expect(() => sealer.open(sealed, 'totp:2')).toThrow()
  expect(() => createSealer([old]).open(sealed, 'totp:1')).toThrow('key that is not known')
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i]! ^= 1
    expect(() => sealer.open(changed, 'totp:1')).toThrow()
  }
  expect(() => sealer.open(sealed.subarray(0, 20), 'totp:1')).toThrow()
})

test('an old key still opens, and tells that it is old', () => {
  const sealed = createSealer([old]).seal('secret', 'p')
  const sealer = createSealer([key, old])
  expect(sealer.open(sealed, 'p')).toBe('secret')
  expect(sealer.isOutdated(sealed)).toBe(true)
  expect(sealer.isOutdated(sealer.seal('secret', 'p'))).toBe(false)
})

test.each([[[]], [[randomBytes(16)]]])('keys of another size are refused', (keys) => {
  expect(() => createSealer(keys)).toThrow('32 bytes')
})
