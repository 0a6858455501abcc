/** The random searches: many kinds, mostly with results, the same for the same seed. */
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { loadDefinitions } from '../../server/packages.ts'
import { cellsOf } from './cell.ts'
import { createRandom } from './random/random.ts'
import { coverage, randomQuery } from './random-query.ts'
import { oracleResources } from './resources.ts'
import { createWorld } from './world.ts'

const definitions = loadDefinitions(tmpdir())
const world = createWorld({
  definitions,
  resources: oracleResources({ definitions, invented: 4 }),
  now: Date.UTC(2026, 0, 1),
})
const seed = Number(process.env['SEED'] ?? 20_260_101)
const random = createRandom(seed)
const queries = Array.from({ length: 1500 }, () => randomQuery(world, random))

test(`most searches have results (seed ${seed})`, () => {
  const found = queries.filter(({ evaluation }) => evaluation.matches.length > 0)
  expect(found.length / queries.length).toBeGreaterThan(0.6)
})

test(`searches of all kinds come up (seed ${seed})`, () => {
  const counts = coverage(queries)
  const kinds = [
    ...['string:none', 'string:contains', 'string:exact', 'string:missing'],
    ...['token:code', 'token:system|code', 'token:|code', 'token:system|', 'token:not', 'token:text', 'token:missing'],
    ...['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', 'none'].map((prefix) => `date:${prefix}`),
    ...['ne', 'gt', 'lt', 'ge', 'le', 'eb', 'ap', 'none'].map((prefix) => `number:${prefix}`),
    ...['quantity:number|system|code', 'quantity:number||unit', 'quantity:number', 'quantity:other unit'],
    ...['reference:Type/id', 'reference:id', 'reference::Type', 'reference:absolute', 'reference:version'],
    ...['reference:identifier', 'reference:canonical', 'uri:none', 'uri:below', 'uri:above', 'composite', 'near'],
    ...['chain:type', 'chain:any type', 'has', 'depth:1', 'depth:2', 'depth:3', 'and:1', 'and:4', 'or'],
    ...['include:plain', 'include:typed', 'include:*', 'include:Type:*', 'include:iterate'],
    ...['revinclude:plain', 'revinclude:typed', 'revinclude:Type:*', 'revinclude:iterate'],
    ...['sort:1', 'sort:2', 'sort:3', 'list', 'text', 'content', '_type', 'on all types'],
    ...['contained:true', 'contained:both', 'containedType:contained', 'containedType:container'],
    ...['filter:and', 'filter:or', 'filter:not', 'filter:group', 'filter:chain', 'filter:[]', 'filter:pr true'],
    ...['filter:string co', 'filter:string sw', 'filter:string ew', 'filter:date po', 'filter:reference re'],
  ]
  expect(kinds.filter((kind) => !counts.has(kind))).toEqual([])
})

test('the same seed gives the same searches', () => {
  const again = createRandom(seed)
  const first = Array.from({ length: 20 }, () => randomQuery(world, again))
  expect(first.map(({ query }) => query)).toEqual(queries.slice(0, 20).map(({ query }) => query))
})

test('resources are made up for nearly every search parameter', () => {
  const parameters = definitions.resourceTypes.flatMap((type) =>
    [...definitions.searchParameters(type).values()]
      .filter(({ expression }) => expression !== undefined)
      .map((parameter) => ({ type, parameter })),
  )
  const filled = parameters.filter(({ type, parameter }) =>
    cellsOf(world, world.population(type), parameter).some(({ values }) => values.length > 0),
  )
  expect(filled.length / parameters.length).toBeGreaterThan(0.85)
})
