import { describe, expect, test } from 'vitest'
import { planOf } from '../../../../server/fhir/terminology/ecl/make-plan.ts'
import { parseEcl } from '../../../../server/fhir/terminology/ecl/parse.ts'

const codes = (...list: string[]) => ({ kind: 'codes', codes: list })
const below = (of: unknown, self = true) => ({ kind: 'related', relation: 'descendants', self, of })
const having = {
  kind: 'having',
  names: codes('363698007'),
  values: { kind: 'concepts', negated: false, values: codes('39057004') },
}

describe('planOf', () => {
  test.each([
    [
      'joins what operators walk alike',
      '<< 404684003 OR << 39057004 OR 363698007',
      {
        kind: 'union',
        parts: [codes('363698007'), below(codes('404684003', '39057004'))],
      },
    ],
    ['walks once what is below what is below', '<< (< 404684003)', below(codes('404684003'), false)],
    ['leaves out all of everything', '* AND << *', { kind: 'all' }],
    [
      'subtracts what is not in a set',
      '404684003: [0..0] 363698007 = 39057004',
      { kind: 'difference', from: codes('404684003'), without: having },
    ],
    [
      'finds attributes by sets alone',
      '404684003: 363698007 = 39057004',
      { kind: 'intersection', parts: [codes('404684003'), having] },
    ],
    [
      'narrows down by sets what it counts',
      '404684003: [2..*] 363698007 = 39057004',
      {
        kind: 'tested',
        among: { kind: 'intersection', parts: [codes('404684003'), having] },
        test: {
          kind: 'attribute',
          cardinality: { min: 2, max: Number.POSITIVE_INFINITY },
          reverse: false,
          names: having.names,
          values: having.values,
        },
      },
    ],
    [
      'resolves words of filters',
      '404684003 {{ C definitionStatus = defined }}',
      {
        kind: 'intersection',
        parts: [
          codes('404684003'),
          {
            kind: 'filtered',
            on: 'concept',
            tests: [{ field: 'definitionStatusId', negated: false, concepts: codes('900000000000073002') }],
          },
        ],
      },
    ],
    [
      'adds what was replaced',
      '404684003 {{ + HISTORY-MIN }}',
      { kind: 'history', of: codes('404684003'), associations: ['900000000000527005'] },
    ],
    [
      'filters those in use of all concepts',
      '* {{ term = "heart" }}',
      {
        kind: 'intersection',
        parts: [
          { kind: 'filtered', on: 'description', tests: [expect.objectContaining({ field: 'term' })] },
          { kind: 'filtered', on: 'concept', tests: [{ field: 'active', active: true }] },
        ],
      },
    ],
    [
      'filters all concepts by whether they are in use',
      '* {{ C active = 0 }}',
      { kind: 'filtered', on: 'concept', tests: [{ field: 'active', active: false }] },
    ],
  ])('%s', (_case, text, plan) => {
    expect(planOf(parseEcl(text))).toEqual(plan)
  })

  test.each([
    ['associations by an expression', '404684003 {{ + HISTORY (< 900000000000522004) }}', 'not named one by one'],
    ['filters of members', '^ 404684003 {{ M mapGroup = #1 }}', 'Filters of members'],
    ['dialects', '404684003 {{ dialect = en-gb }}', "no filter 'dialect'"],
    ['filters that do not fit', '404684003 {{ C active = maybe }}', 'does not fit'],
    ['codes of other systems', 'LOINC#54486-6', "Codes of 'LOINC'"],
    ['reversed attributes in groups', '404684003: { R 363698007 = * }', 'belong to no group'],
  ])('says that it cannot answer %s', (_case, text, reason) => {
    expect(() => planOf(parseEcl(text))).toThrow(reason)
  })
})
