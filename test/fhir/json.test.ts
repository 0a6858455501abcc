import { expect, test } from 'vitest'
import { isRawNumber, parseJson, parseStored } from '../../server/fhir/json.ts'
import { OutcomeError } from '../../server/fhir/outcome.ts'

test.each([
  '1.00',
  '[1.0,1,1.5,-0.0,100.000]',
  '{"value":123456789012345678901234567890,"low":1e3,"high":1E-7,"n":-12}',
  '{"a":[{"b":1.10,"c":"1.10"}],"d":[[2.50],[]],"e":null,"f":true}',
  '{"text":"the digits 1.00 in a text, \\"2.00\\" in quotes, \\\\u0000 escaped"}',
  '{"__proto__":{"value":1.0}}',
])('%s is written as it was read', (text) => {
  expect(JSON.stringify(parseJson(text))).toBe(text)
  expect(JSON.stringify(parseStored(text))).toBe(text)
})

test('only numbers whose digits a double would change are kept as text', () => {
  const value = parseJson('{"a":1.5,"b":1.50,"c":0.1,"d":1}') as Record<string, unknown>
  expect(Object.entries(value).map(([key, item]) => [key, isRawNumber(item)])).toEqual([
    ['a', false],
    ['b', true],
    ['c', false],
    ['d', false],
  ])
})

test.each([
  ['a number in place of a key', '{1.00:2}', 'invalid-json'],
  ['a number in place of an inner key', '{"a":{"b":1.0,2.0:3}}', 'invalid-json'],
  ['a leading zero', '[01.00]', 'invalid-json'],
  ['two points', '[1.0.0]', 'invalid-json'],
  ['a sign alone', '[-]', 'invalid-json'],
  ['a number run into a word', '[1.00x]', 'invalid-json'],
  ['two numbers without a comma', '[1.00 2.00]', 'invalid-json'],
  ['a number before a text', '[1.00"a"]', 'invalid-json'],
  ['an open end', '{"a":1.00', 'invalid-json'],
  ['a NUL character', '{"a":"\\u0000"}', 'nul-character'],
  ['a NUL character that looks like a marked number', '{"a":"\\u00001.00","b":1.00}', 'nul-character'],
  ['a NUL character in a key', '{"\\u0000a":1.00}', 'nul-character'],
  ['a key twice', '{"a":1.00,"b":{"a":1},"a":2}', 'duplicate-key'],
  ['too many levels', '['.repeat(65) + ']'.repeat(65), 'too-deep'],
])('%s is refused', (_case, text, code) => {
  expect(outcomeOf(text).issues[0]!.code).toBe(code)
})

test('the place of a fault is counted in the text as it was sent', () => {
  expect(outcomeOf('[\n1.00,\n2.00,\n   3 4]').issues[0]!.location).toBe('line 4, column 6')
})

test('random values come back byte for byte', () => {
  const seed = 20_260_302
  const random = randomSource(seed)
  for (let i = 0; i < 500; i++) {
    const text = randomJson(random, 4)
    expect(JSON.stringify(parseJson(text)), `seed ${seed}, value ${i}`).toBe(text)
  }
})

function outcomeOf(text: string): OutcomeError {
  try {
    parseJson(text)
  } catch (error) {
    if (error instanceof OutcomeError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomSource(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const scalars = [
  '1.00',
  '-7',
  '0',
  '0.50',
  '12e2',
  '123456789012345678',
  '"1.0"',
  '"\\"1.0\\\\"',
  '"ü€😀"',
  'true',
  'null',
]

function randomJson(random: (below: number) => number, depth: number): string {
  const kind = depth === 0 ? 0 : random(3)
  if (kind === 0) return scalars[random(scalars.length)]!
  const items = Array.from({ length: random(5) }, () => randomJson(random, depth - 1))
  return kind === 1 ? `[${items.join()}]` : `{${items.map((item, i) => `"k${i}":${item}`).join()}}`
}
