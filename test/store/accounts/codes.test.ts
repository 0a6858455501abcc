import { expect, test } from 'vitest'
import { codeHash, newCode, newToken, secretHash, typedCode } from '../../../server/store/accounts/codes.ts'

test('codes are 80 bits in letters that cannot be taken for others', () => {
  const codes = Array.from({ length: 500 }, newCode)
  expect(new Set(codes).size).toBe(500)
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  expect(new Set(codes.join('')).size).toBe(33)
})

test.each([
  ['as it is printed', '7K3M-9QXT-2WPA-64ZD'],
  ['in small letters', '7k3m-9qxt-2wpa-64zd'],
  ['without dashes', '7K3M9QXT2WPA64ZD'],
  ['with spaces and other dashes', ' 7K3M – 9QXT 2WPA_64ZD\n'],
])('a code may be typed %s', (_case, typed) => {
  expect(typedCode(typed)).toBe('7K3M9QXT2WPA64ZD')
  expect(secretHash(typedCode(typed)!)).toEqual(codeHash('7K3M-9QXT-2WPA-64ZD'))
})

test('letters that look like digits are those digits', () => {
  expect(typedCode('oO0i-Il1L-2WPA-64ZD')).toBe('000111112WPA64ZD')
})

test.each(['', '7K3M-9QXT-2WPA', '7K3M-9QXT-2WPA-64ZD-1', '7K3M-9QXT-2WPA-64ZU', '7K3M-9QXT-2WPA-64Z!'])(
  '"%s" is no code',
  (typed) => {
    expect(typedCode(typed)).toBeUndefined()
  },
)

test('tokens fit into links', () => {
  expect(newToken()).toMatch(/^[\w-]{43}$/)
  expect(newToken()).not.toBe(newToken())
})
