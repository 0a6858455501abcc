import { describe, expect, test } from 'vitest'
import { termMatches, valuePasses, wildMatches } from '../../../../server/fhir/terminology/ecl/match.ts'

test.each([
  ['words that begin so', 'Heart attack', 'hea att', true],
  ['words in another order', 'Heart attack', 'att heart', true],
  ['words that only contain it', 'Heart attack', 'tack', false],
  ['words without their accents', 'Ménière disease', 'meniere', true],
  ['words behind hyphens and quotes', 'Non-insulin "dependent"', 'insulin depend', true],
])('a term is found by %s', (_case, text, sought, found) => {
  expect(termMatches(text, { kind: 'match', text: sought })).toBe(found)
})

test.each([
  ['cardiomyopathy', 'cardi*opathy', true],
  ['cardiomyopathy', 'cardi', false],
  ['Gastritis', '*ITIS', true],
  ['a*b', 'a\\*b', true],
  ['axb', 'a\\*b', false],
  ['', '*', true],
  ['abc', '**', true],
  ['abcab', '*ab', true],
])('%s matches %s: %s', (text, pattern, found) => {
  expect(wildMatches(text, pattern)).toBe(found)
})

test('many wildcards take no more than the product of the lengths', () => {
  const start = performance.now()
  expect(wildMatches('a'.repeat(2000), `${'*a'.repeat(500)}b`)).toBe(false)
  expect(performance.now() - start).toBeLessThan(500)
})

describe('a value', () => {
  const has = (set: ReadonlySet<string>, code: string) => set.has(code)
  const five = { text: '5', type: 'number' } as const
  test.each([
    ['>=', 5, true],
    ['>', 5, false],
    ['!=', 4, true],
    ['<=', 4.5, false],
  ])('of 5 is %s %d: %s', (operator, value, passes) => {
    expect(valuePasses({ kind: 'number', operator, value }, five, has)).toBe(passes)
  })

  test('of another kind passes no test, not even a negated one', () => {
    expect(valuePasses({ kind: 'concepts', negated: true, values: new Set<string>() }, five, has)).toBe(false)
    expect(valuePasses({ kind: 'number', operator: '!=', value: 1 }, { concept: '404684003' }, has)).toBe(false)
  })
})
