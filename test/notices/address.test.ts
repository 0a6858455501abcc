import { expect, test } from 'vitest'
import { isMailAddress } from '../../server/notices/address.ts'

test.each([
  'a@b.example',
  'marta.hollander+clinic@rivertown.example',
  "o'neill@mail.co.uk",
  'x@bücher.example',
  'a_b-c@1and1.example',
])('%s is an address', (text) => {
  expect(isMailAddress(text)).toBe(true)
})

test.each([
  '',
  'a',
  '@b.example',
  'a@',
  'a@localhost',
  'a@b@c.example',
  'a b@c.example',
  'a@b.example\r\nBcc: c@d.example',
  'a@b.example,c@d.example',
  '<a@b.example>',
  '"a b"@c.example',
  'a..b@c.example',
  '.a@c.example',
  'a@-b.example',
  'a@b..example',
  'a@[127.0.0.1]',
  `${'a'.repeat(65)}@b.example`,
  `a@${'b'.repeat(250)}.example`,
])('"%s" is none', (text) => {
  expect(isMailAddress(text)).toBe(false)
})
