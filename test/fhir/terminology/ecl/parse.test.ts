import { describe, expect, test } from 'vitest'
import { parseEcl } from '../../../../server/fhir/terminology/ecl/parse.ts'
import { EclError } from '../../../../server/fhir/terminology/ecl/syntax.ts'
import { publishedEcl } from '../../../support/published-ecl.ts'

const a = { kind: 'concept', code: '404684003' }
const b = { kind: 'concept', code: '363698007' }
const c = { kind: 'concept', code: '39057004' }
const many = { min: 1, max: Number.POSITIVE_INFINITY }
const site = (values: unknown, more = {}) => ({
  kind: 'attribute',
  cardinality: many,
  reverse: false,
  name: b,
  comparison: { kind: 'concepts', operator: '=', values },
  at: expect.any(Number),
  ...more,
})

describe('parseEcl', () => {
  test.each(publishedEcl)('reads example %s of the specification', (_number, expression) => {
    expect(parseEcl(expression)).toHaveProperty('kind')
  })

  test.each([
    ['a concept and its term', '404684003 |clinical finding|', { ...a, term: 'clinical finding' }],
    ['an operator', '<<! 404684003', { kind: 'related', operator: '<<!', of: a }],
    [
      'an operator before members',
      '<< ^ 404684003',
      { kind: 'related', operator: '<<', of: { kind: 'members', of: a, at: 3 } },
    ],
    ['a comma as AND', '404684003, 39057004 and 363698007', { kind: 'and', parts: [a, c, b] }],
    [
      'dots from left to right',
      '404684003.363698007.39057004',
      { kind: 'dotted', of: { kind: 'dotted', of: a, name: b }, name: c },
    ],
    [
      'attributes joined by one connective as a set',
      '404684003: 363698007 = 39057004, 363698007 = * OR 363698007 = 404684003',
      {
        kind: 'refined',
        focus: a,
        refinement: { kind: 'or', parts: [{ kind: 'and', parts: [site(c), site({ kind: 'any' })] }, site(a)] },
      },
    ],
    [
      'a reversed attribute',
      '404684003: [3..3] R 363698007 = *',
      {
        kind: 'refined',
        focus: a,
        refinement: site({ kind: 'any' }, { cardinality: { min: 3, max: 3 }, reverse: true }),
      },
    ],
    [
      'a number with all its digits',
      '404684003: 363698007 >= #0.50',
      {
        kind: 'refined',
        focus: a,
        refinement: site(0, { comparison: { kind: 'number', operator: '>=', value: '0.50' } }),
      },
    ],
    [
      'a group',
      '404684003: [0..0] { 363698007 = 39057004 }',
      {
        kind: 'refined',
        focus: a,
        refinement: { kind: 'group', cardinality: { min: 0, max: 0 }, refinement: site(c) },
      },
    ],
    [
      'a filter',
      '404684003 {{ D term = ("heart" wild:"*itis"), active = 1 }}',
      {
        kind: 'filtered',
        of: a,
        on: 'description',
        filters: [
          {
            field: 'term',
            operator: '=',
            at: 15,
            values: {
              kind: 'terms',
              terms: [
                { kind: 'match', text: 'heart' },
                { kind: 'wild', text: '*itis' },
              ],
            },
          },
          { field: 'active', operator: '=', at: 46, values: { kind: 'words', words: ['1'], acceptabilities: [] } },
        ],
      },
    ],
    [
      'a code of another system',
      '<< LOINC#54486-6',
      {
        kind: 'related',
        operator: '<<',
        of: { kind: 'alternate', scheme: 'LOINC', code: '54486-6', at: 3 },
      },
    ],
    ['comments anywhere', '/* x */ << /* ( */ 404684003 /* y **/', { kind: 'related', operator: '<<', of: a }],
  ])('reads %s', (_case, text, tree) => {
    expect(parseEcl(text)).toEqual(tree)
  })

  test.each([
    ['nothing', '', 0, 'it ends'],
    ['an id that is too short', '< 12345', 2, 'a concept id'],
    ['an id that begins with 0', '012345678', 0, 'a concept id'],
    ['AND and OR without brackets', '404684003 AND 39057004 OR 363698007', 23, 'without brackets'],
    ['MINUS twice without brackets', '404684003 MINUS 39057004 MINUS 363698007', 25, 'without brackets'],
    ['a bracket that is not closed', '(404684003 AND 39057004', 23, "')'"],
    ['an attribute without value', '404684003: 363698007', 20, "'='"],
    ['an attribute below nothing', '404684003: 363698007 < 39057004', 23, "'#5'"],
    ['a cardinality upside down', '404684003: [2..1] 363698007 = *', 11, 'minimum is above'],
    ['a group in a group', '404684003: { { 363698007 = * } }', 13, 'groups do not lie in groups'],
    [
      'mixed connectives between groups',
      '404684003: {363698007 = *} OR {363698007 = *}, {363698007 = *}',
      45,
      'one connective',
    ],
    ['a filter of members without members', '404684003 {{ M mapGroup = #1 }}', 10, "no '^'"],
    ['a term that is not closed', '404684003 |clinical', 10, 'the end'],
    ['what is left over', '404684003 39057004', 10, 'the end'],
  ])('tells the place of %s', (_case, text, at, reason) => {
    const error = faultOf(text)
    expect(error.message).toContain(reason)
    expect(error.at).toBe(at)
  })

  test.each([
    ['brackets', `${'('.repeat(5000)}404684003${')'.repeat(5000)}`],
    ['operators', '< '.repeat(20_000)],
    ['comments', `404684003: (${'/* * */'.repeat(3000)}`],
    ['spaces', `404684003 {{ typeId = (${'900000000000013009    '.repeat(3000)}`],
    ['digits', `404684003 {{ typeId = (${'1'.repeat(50_000)} )`],
    ['nested refinements', '404684003: ('.repeat(3000)],
    ['dots', `404684003${'.363698007'.repeat(3000)} x`],
  ])('refuses endless %s soon', (_case, text) => {
    const start = performance.now()
    expect(faultOf(text)).toBeInstanceOf(EclError)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

function faultOf(text: string): EclError {
  try {
    parseEcl(text)
  } catch (error) {
    if (error instanceof EclError) return error
    throw error
  }
  throw new Error(`'${text}' was read.`)
}
