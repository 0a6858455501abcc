import { expect, test } from 'vitest'
import { base32 } from '../../../server/smart/accounts/base32.ts'
import {
  commonForm,
  matchingStep,
  otpauthUri,
  type TotpForm,
  timeStep,
  totpCode,
} from '../../../server/smart/accounts/totp.ts'

/** The secrets of RFC 6238, appendix B: digits, as many as the hash has bytes. */
function secretOf(algorithm: TotpForm['algorithm']): Buffer {
  return Buffer.from('1234567890'.repeat(7).slice(0, { sha1: 20, sha256: 32, sha512: 64 }[algorithm]))
}

test.each<[seconds: number, TotpForm['algorithm'], string]>([
  [59, 'sha1', '94287082'],
  [59, 'sha256', '46119246'],
  [59, 'sha512', '90693936'],
  [1111111109, 'sha1', '07081804'],
  [1111111109, 'sha256', '68084774'],
  [1111111109, 'sha512', '25091201'],
  [1111111111, 'sha1', '14050471'],
  [1111111111, 'sha256', '67062674'],
  [1111111111, 'sha512', '99943326'],
  [1234567890, 'sha1', '89005924'],
  [1234567890, 'sha256', '91819424'],
  [1234567890, 'sha512', '93441116'],
  [2000000000, 'sha1', '69279037'],
  [2000000000, 'sha256', '90698825'],
  [2000000000, 'sha512', '38618901'],
  [20000000000, 'sha1', '65353130'],
  [20000000000, 'sha256', '77737706'],
  [20000000000, 'sha512', '47863826'],
])('RFC 6238, appendix B: at %d s, %s: %s', (seconds, algorithm, code) => {
  const form = { algorithm, digits: 8, period: 30 }
  const secret = secretOf(algorithm)
  expect(totpCode(secret, timeStep(seconds * 1000, form), form)).toBe(code)
  expect(matchingStep(secret, code, seconds * 1000, form)).toBe(timeStep(seconds * 1000, form))
})

const secret = secretOf('sha1')
const now = 1_767_225_600_000

test.each([
  ['of two steps ago', -2, false],
  ['of the step before', -1, true],
  ['of now', 0, true],
  ['of the next step', 1, true],
  ['of two steps ahead', 2, false],
])('a code %s', (_case, steps, right) => {
  const step = timeStep(now) + steps
  expect(matchingStep(secret, totpCode(secret, step), now)).toBe(right ? step : undefined)
})

test.each([
  ['divided by a space', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`, true],
  ['too short', (code: string) => code.slice(1), false],
  ['too long', (code: string) => `${code}0`, false],
  ['empty', () => '', false],
  ['in other digits', () => '１２３４５６', false],
])('a code that is %s', (_case, typed, right) => {
  const step = timeStep(now)
  expect(matchingStep(secret, typed(totpCode(secret, step)), now)).toBe(right ? step : undefined)
})

test('the URI for authenticator apps names issuer, account and secret', () => {
  const uri = otpauthUri(secret, 'Rivertown Clinic & Sons', 'marta:h@example.org')
  expect(uri).toBe(
    'otpauth://totp/Rivertown%20Clinic%20%26%20Sons:marta%3Ah%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Rivertown%20Clinic%20%26%20Sons&algorithm=SHA1&digits=6&period=30',
  )
  expect(commonForm).toEqual({ algorithm: 'sha1', digits: 6, period: 30 })
})

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('RFC 4648, section 10: "%s" is %s', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded)
})
