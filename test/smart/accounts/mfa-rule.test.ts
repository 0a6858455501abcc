import { expect, test } from 'vitest'
import { assurance, needsSecondFactor } from '../../../server/smart/accounts/mfa-rule.ts'

const mfaRoles = ['admin', 'practitioner']

test.each([
  ['a role that must have one, by password', ['admin'], ['pwd'], false, true],
  ['one such role of several', ['patient', 'admin'], ['pwd'], false, true],
  ['a role that must have one, with a code', ['admin'], ['pwd', 'otp', 'mfa'], false, false],
  ['a role that must have one, with a passkey', ['practitioner'], ['swk', 'user', 'mfa'], false, false],
  ['a role that need not', ['patient'], ['pwd'], false, false],
  ['a client that demands one, by password', ['patient'], ['pwd'], true, true],
  ['a client that demands one, with a code', ['patient'], ['pwd', 'otp', 'mfa'], true, false],
  ['nobody known to have a role', [], ['pwd'], false, false],
])('%s', (_case, roles, methods, clientRequires, needed) => {
  expect(needsSecondFactor({ roles, methods, mfaRoles, clientRequires })).toBe(needed)
})

test('the assurance is told by the methods', () => {
  expect(assurance(['pwd'])).not.toBe(assurance(['pwd', 'otp', 'mfa']))
})
