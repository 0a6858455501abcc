import { expect, test } from 'vitest'
import { parsePattern } from '../../../server/fhir/fhirpath/pattern.ts'

test('groups are numbered by their opening and may have names', () => {
  const { groups, names } = parsePattern('(a)(?:b)(?<year>(c))', false)
  expect(groups).toBe(3)
  expect([...names]).toEqual([['year', 2]])
})

test.each([
  ['*', 0, Infinity, false],
  ['+?', 1, Infinity, true],
  ['?', 0, 1, false],
  ['{2}', 2, 2, false],
  ['{2,}', 2, Infinity, false],
  ['{2,5}?', 2, 5, true],
])('the quantifier %s repeats from %s to %s', (quantifier, min, max, lazy) => {
  const { pattern } = parsePattern(`a${quantifier}`, false)
  expect(pattern).toMatchObject({ kind: 'sequence', items: [{ kind: 'repeat', min, max, lazy }] })
})

test.each([
  ['a', 'a', true],
  ['a', 'A', false],
  ['[^a-c]', 'd', true],
  ['[\\_\\@]', '@', true],
  ['\\.', '.', true],
  ['\\.', 'x', false],
  ['\\u{1F600}', '😀', true],
])('%s tests the character %s: %s', (source, character, expected) => {
  const { pattern } = parsePattern(source, false)
  if (pattern.kind !== 'sequence' || pattern.items[0]?.kind !== 'character') throw new Error('not a character')
  expect(pattern.items[0].test(character.codePointAt(0)!)).toBe(expected)
})
