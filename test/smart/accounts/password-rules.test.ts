import { describe, expect, test } from 'vitest'
import { commonWords } from '../../../server/smart/accounts/common-passwords.ts'
import { type PasswordOwner, passwordFaults } from '../../../server/smart/accounts/password-rules.ts'

const owner: PasswordOwner = {
  username: 'mhollander',
  email: 'marta.hollander84@rivertown.example',
  names: ['Márta', 'Hollander'],
}

const faults = {
  own: /user name/,
  common: /other words/,
  keys: /12345/,
  repeat: /repeat/,
  date: /years/,
  short: /at least 10 characters/,
  long: /at most 256/,
}

test.each([
  'correct horse battery staple',
  'Zebra crossing at 7',
  'xK9#mQ2vLp',
  'tea kettle on the 3rd shelf',
  'Убежище-на-холме',
  '山の上のホテルに泊まる',
  'my password is quite long and odd',
  'kvist flagermus toga',
  '0dd-shaped umlauts',
])('%s may be used', (password) => {
  expect(passwordFaults(password, owner)).toEqual([])
})

describe('a password is refused', () => {
  test.each<[string, keyof typeof faults, string]>([
    ['that is short', 'short', 'k7#mQ2vLp'],
    ['that is empty', 'short', ''],
    ['that is endless', 'long', 'xK9#mQ2vLp'.repeat(26)],
    ['that is common', 'common', 'passwordpassword'],
    ['that is common, with digits for letters', 'common', 'P4$$w0rd2024!'],
    ['that is common, and ends in a number', 'common', 'Welcome2026!!'],
    ['that is two common words', 'common', 'SunshineDragon'],
    ['that is three common words', 'common', 'monkey dragon tiger'],
    ['that is the product and a year', 'common', 'Candela2026!'],
    ['that is a season and a year', 'date', 'Summer-2025'],
    ['that is a row of keys', 'keys', 'qwertyuiop123'],
    ['that is rows of digits', 'keys', '1234567890'],
    ['that is rows of digits backwards', 'keys', '9876543210a'],
    ['that goes up and down the keyboard', 'keys', '1qaz2wsx3edc'],
    ['that is one character', 'repeat', 'aaaaaaaaaaaaaaaa'],
    ['that repeats a few', 'repeat', 'xk9xk9xk9xk9xk9'],
    ['that has few different characters', 'repeat', 'xkxkkxxkkkxxkxkx'],
    ['that is the user name', 'own', 'mhollander1!'],
    ['that is the e-mail address', 'own', 'marta.hollander84@rivertown.example'],
    ['that is the name backwards and forwards', 'own', 'hollander-hollander'],
    ['that is the name with digits for letters', 'own', 'h0ll4nder!!x'],
    ['that is a name with its accent', 'own', 'márta-márta'],
    ['that is dates', 'date', '1984-03-12 2020'],
  ])('%s', (_case, fault, password) => {
    const found = passwordFaults(password, owner)
    expect(
      found.some((text) => faults[fault].test(text)),
      found.join(' | '),
    ).toBe(true)
  })
})

test('the same words of somebody else may be used', () => {
  expect(passwordFaults('kvist-hollander-1')).toEqual([])
  expect(passwordFaults('hollander-kv', owner)).not.toEqual([])
})

test('the longest and strangest password is judged at once', () => {
  const began = performance.now()
  for (const piece of ['1!', 'pass', '4$5', 'a1b2', '$$', 'qwer'])
    passwordFaults(piece.repeat(300).slice(0, 256), owner)
  expect(performance.now() - began).toBeLessThan(250)
})

test('common words are written as they are looked up', () => {
  expect(commonWords.size).toBeGreaterThan(800)
  expect([...commonWords].filter((word) => !/^[a-z0-9]{4,}$/.test(word))).toEqual([])
})
