/** Constraints on an imported release: compared with what the words of the specification choose, concept by concept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { ConceptRow } from '../../../server/fhir/terminology/concept-row.ts'
import { importRelease } from '../../../server/store/terminology/import-release.ts'
import { codeSystemOf } from '../../fhir/terminology/code-system-of.ts'
import { chosenBy, randomWorld, type World } from '../../support/ecl-world.ts'
import { randomFrom, seed } from '../../support/random.ts'
import { eclText, randomEcl } from '../../support/random-ecl.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

const snomed = 'http://snomed.info/sct'
const expressions = 150
const world = randomWorld(seed)
const system = {
  url: snomed,
  version: `${snomed}/900000000000207008/version/20250101`,
  name: 'SNOMED CT',
  properties: [...world.attributes, 'refset'].map((code) => ({ code, type: 'code' })),
}
const refset = world.refsets[0]!
/** Out of use, and replaced by the first concept. */
const retired = '999000001'
let server: TestServer

function rowsOf({ codes, terms, parents, rows, memberships, defined }: World): ConceptRow[] {
  const found = codes.map(
    (code): ConceptRow => ({
      code,
      display: terms.get(code)!,
      active: true,
      parents: parents.get(code)!,
      designations: [{ language: 'en', use: '900000000000013009', value: terms.get(code)! }],
      properties: [
        { code: 'sufficientlyDefined', value: String(defined.has(code)), type: 'boolean' },
        { code: 'effectiveTime', value: '2020-01-31', type: 'dateTime' },
        ...rows
          .filter(({ source }) => source === code)
          .map(({ name, value, group }) =>
            'concept' in value
              ? { code: name, value: value.concept, type: 'code' as const, group }
              : { code: name, value: value.text, type: 'integer' as const, group },
          ),
        ...memberships
          .filter(([, member]) => member === code)
          .map(([value]) => ({ code: 'refset', value, type: 'code' as const })),
      ],
    }),
  )
  const ended: ConceptRow = {
    code: retired,
    display: 'Heart failure, old',
    active: false,
    properties: [
      { code: 'association-900000000000527005', value: codes[0]!, type: 'code' },
      { code: 'effectiveTime', value: '2024-01-31', type: 'dateTime' },
    ],
  }
  return [...found, ended]
}

beforeAll(async () => {
  server = await testServer()
  async function* rows() {
    yield* rowsOf(world)
  }
  const all = {
    ...system,
    properties: [...system.properties, { code: 'association-900000000000527005', type: 'code' }],
  }
  await importRelease(server.context.store.database, { system: all, kind: 'snomed', rows: rows() })
})
afterAll(() => server.close())

async function chosen(expression: string): Promise<string[]> {
  const url = encodeURIComponent(`${snomed}?fhir_vs=ecl/${expression}`)
  const reply = await server.fhir('GET', `ValueSet/$expand?url=${url}&count=1000`)
  expect(reply.status, `${expression} ${JSON.stringify(reply.json)}`).toBe(200)
  return codesIn(reply.json)
}

function codesIn(valueSet: JsonObject): string[] {
  const { contains = [] } = valueSet['expansion'] as { contains?: JsonObject[] }
  return contains.map(({ code }) => String(code)).sort()
}

test(`expressions made up from seed ${seed} choose what the specification says`, async () => {
  const random = randomFrom(seed)
  let some = 0
  for (let i = 0; i < expressions; i++) {
    const made = randomEcl(world, random)
    const text = eclText(made, random)
    const expected = [...chosenBy(world, made)].sort()
    expect(await chosen(text), text).toEqual(expected)
    if (expected.length > 0 && expected.length < world.codes.length) some++
  }
  expect(some).toBeGreaterThan(expressions / 4)
})

describe('a filter of descriptions or concepts', () => {
  const having = (term: string) => world.codes.filter((code) => world.terms.get(code) === term)

  test.each([
    ['a term without its accents', '* {{ term = "meniere" }}', () => having('Ménière disease')],
    ['a wildcard', '* {{ term = wild:"*itis" }}', () => having('Gastritis')],
    [
      'one of several terms',
      '* {{ term = ("gastritis" "att hea") }}',
      () => [...having('Gastritis'), ...having('Heart attack')],
    ],
    ['a language', '* {{ D language = de }}', () => []],
    [
      'what a term is not, of all but one concept',
      `(* MINUS ${world.codes[0]}) {{ term != "no such term" }}`,
      () => world.codes.slice(1),
    ],
    ['concepts out of use', '* {{ C active = 0 }}', () => [retired]],
    ['days', '* {{ C effectiveTime < "20230101", active = 1 }}', () => world.codes],
    ['a day for concepts out of use', '* {{ C effectiveTime > "20230101", active = false }}', () => [retired]],
  ])('by %s', async (_case, expression, codes) => {
    expect(await chosen(expression)).toEqual([...codes()].sort())
  })
})

test('history adds the concepts that were replaced', async () => {
  const [first] = world.codes
  expect(await chosen(`${first} {{ + HISTORY-MIN }}`)).toEqual([first, retired].sort())
  expect(await chosen(`${first} {{ + HISTORY (900000000000526001) }}`)).toEqual([first])
})

test('a filter of a value set is a constraint, too', async () => {
  const filter = [{ property: 'constraint', op: '=', value: `^ ${refset} |a term|` }]
  const valueSet = { resourceType: 'ValueSet', status: 'active', compose: { include: [{ system: snomed, filter }] } }
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'valueSet', resource: valueSet }] }
  const reply = await server.fhir('POST', 'ValueSet/$expand', parameters)
  const members = world.memberships.filter(([of]) => of === refset).map(([, code]) => code)
  expect(codesIn(reply.json)).toEqual([...new Set(members)].sort())
  const implied = await server.fhir('GET', `ValueSet/$expand?url=${snomed}?fhir_vs=refset/${refset}`)
  expect(codesIn(implied.json)).toEqual(codesIn(reply.json))
})

test.each([
  ['the place of what cannot be read', '<< 404684003 AND', 'At character 17, a concept id'],
  ['what cannot be evaluated', '^ [mapTarget] 100000107', 'Fields of reference sets'],
  ['filters of what is not kept', '* {{ D active = 0 }}', 'active cannot be evaluated'],
])('an outcome tells %s', async (_case, expression, expected) => {
  const url = encodeURIComponent(`${snomed}?fhir_vs=ecl/${expression}`)
  const reply = await server.fhir('GET', `ValueSet/$expand?url=${url}`)
  expect(reply.status).toBe(422)
  expect(JSON.stringify(reply.json)).toContain(expected)
})

test('a fragment that a request brings is asked the same way', async () => {
  const [top] = world.codes
  const resource = codeSystemOf(system, rowsOf(world))
  const expression = `< ${top} MINUS ^ ${refset}`
  const reply = await server.fhir(
    'POST',
    `ValueSet/$expand?count=1000&url=${encodeURIComponent(`${snomed}?fhir_vs=ecl/${expression}`)}`,
    {
      resourceType: 'Parameters',
      parameter: [{ name: 'tx-resource', resource }],
    },
  )
  expect(codesIn(reply.json)).toEqual(await chosen(expression))
})

test('a code is judged by an expression', async () => {
  const [top, below] = world.codes
  const ask = async (code: string) => {
    const url = encodeURIComponent(`${snomed}?fhir_vs=ecl/< ${top}`)
    const reply = await server.fhir('GET', `ValueSet/$validate-code?url=${url}&system=${snomed}&code=${code}`)
    return (reply.json['parameter'] as JsonObject[]).find(({ name }) => name === 'result')?.['valueBoolean']
  }
  expect([await ask(below!), await ask(top!), await ask('999999999')]).toEqual([true, false, false])
})
