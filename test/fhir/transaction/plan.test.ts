import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { OutcomeError } from '../../../server/fhir/outcome.ts'
import { decide, type Found, type Matches, tooManyDeleted } from '../../../server/fhir/transaction/decide.ts'
import { identifierForms } from '../../../server/fhir/transaction/identifiers.ts'
import { planTransaction } from '../../../server/fhir/transaction/plan.ts'
import { resolveLinks, resolveSearches } from '../../../server/fhir/transaction/searches.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const options = {
  definitions: loadDefinitions(tmpdir()),
  base: 'http://localhost:8080/fhir',
  conditionalDelete: 'multiple',
} as const

interface Parts {
  readonly method: string
  readonly url: string
  readonly resource?: JsonObject
  readonly fullUrl?: string
  readonly ifNoneExist?: string
}

function bundleOf(...entries: readonly Parts[]): JsonObject {
  const entry = entries.map(({ resource, fullUrl, ...request }) => ({
    ...(fullUrl !== undefined && { fullUrl }),
    ...(resource && { resource }),
    request,
  }))
  return { resourceType: 'Bundle', type: 'transaction', entry }
}

const patient = (more: JsonObject = {}): JsonObject => ({ resourceType: 'Patient', ...more })
const identified = (value: string, more: JsonObject = {}) => patient({ identifier: [{ system: 's', value }], ...more })
const create = (more: Partial<Parts> = {}): Parts => ({ method: 'POST', url: 'Patient', resource: patient(), ...more })
const put = (id: string, more: Partial<Parts> = {}): Parts => ({
  method: 'PUT',
  url: `Patient/${id}`,
  resource: patient({ id }),
  ...more,
})
const observation = (reference: string): Parts => ({
  method: 'POST',
  url: 'Observation',
  resource: { resourceType: 'Observation', subject: { reference } },
})

function matchesOf(found: Record<string, readonly string[]>): Matches {
  return new Map(Object.entries(found).map(([key, ids]) => [key, ids.map((id): Found => ({ id, version: 3 }))]))
}

function decisionsFor(bundle: JsonObject, found: Record<string, readonly string[]> = {}) {
  const { entries } = planTransaction(bundle, options)
  const newIds = entries.map((_, i) => `new${i}`)
  return decide(entries, matchesOf(found), newIds)
}

function issuesOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof OutcomeError) return error.issues
    throw error
  }
  return []
}

test.each<[string, Parts, Record<string, readonly string[]>, object]>([
  ['create', create(), {}, { act: 'create', type: 'Patient', id: 'new0' }],
  ['update', put('1'), {}, { act: 'put', type: 'Patient', id: '1' }],
  ['delete', { method: 'DELETE', url: 'Patient/1' }, {}, { act: 'delete', type: 'Patient', ids: ['1'] }],
  ['read', { method: 'GET', url: 'Patient/1' }, {}, { act: 'other' }],
  [
    'conditional create that finds nothing',
    create({ ifNoneExist: 'a=b' }),
    { 'Patient?a=b': [] },
    { act: 'create', type: 'Patient', id: 'new0' },
  ],
  [
    'conditional create that finds one',
    create({ ifNoneExist: 'a=b' }),
    { 'Patient?a=b': ['x'] },
    { act: 'found', type: 'Patient', id: 'x', version: 3 },
  ],
  [
    'conditional update that finds nothing',
    put('', { url: 'Patient?a=b', resource: patient() }),
    { 'Patient?a=b': [] },
    { act: 'create', type: 'Patient', id: 'new0' },
  ],
  [
    'conditional update with an id that finds nothing',
    put('1', { url: 'Patient?a=b' }),
    { 'Patient?a=b': [] },
    { act: 'put', type: 'Patient', id: '1', fresh: true },
  ],
  [
    'conditional update that finds one',
    put('', { url: 'Patient?a=b', resource: patient() }),
    { 'Patient?a=b': ['x'] },
    { act: 'put', type: 'Patient', id: 'x' },
  ],
  [
    'conditional update that finds the one with its id',
    put('x', { url: 'Patient?a=b' }),
    { 'Patient?a=b': ['x'] },
    { act: 'put', type: 'Patient', id: 'x' },
  ],
  [
    'conditional delete that finds one',
    { method: 'DELETE', url: 'Patient?a=b' },
    { 'Patient?a=b': ['x'] },
    { act: 'delete', type: 'Patient', ids: ['x'] },
  ],
  [
    'conditional delete that finds two',
    { method: 'DELETE', url: 'Patient?a=b' },
    { 'Patient?a=b': ['x', 'y'] },
    { act: 'delete', type: 'Patient', ids: ['x', 'y'] },
  ],
  [
    'conditional delete that finds nothing',
    { method: 'DELETE', url: 'Patient?a=b' },
    { 'Patient?a=b': [] },
    { act: 'delete', type: 'Patient', ids: [] },
  ],
  [
    'conditional patch that finds one',
    { method: 'PATCH', url: 'Patient?a=b', resource: { resourceType: 'Parameters' } },
    { 'Patient?a=b': ['x'] },
    { act: 'patch', type: 'Patient', id: 'x' },
  ],
])('a %s is decided', (_case, entry, found, decision) => {
  expect(decisionsFor(bundleOf(entry), found)).toEqual([decision])
})

test.each<[string, Parts, Record<string, readonly string[]>, object]>([
  [
    'create that finds two',
    create({ ifNoneExist: 'a=b' }),
    { 'Patient?a=b': ['x', 'y'] },
    { code: 'multiple-matches' },
  ],
  [
    'update that finds another id',
    put('1', { url: 'Patient?a=b' }),
    { 'Patient?a=b': ['x'] },
    { code: 'wrong-id', expression: 'Bundle.entry[0].resource.id' },
  ],
  [
    'delete that finds too many',
    { method: 'DELETE', url: 'Patient?a=b' },
    { 'Patient?a=b': Array.from({ length: tooManyDeleted.multiple }, (_, i) => `p${i}`) },
    { code: 'multiple-matches', params: { count: '1000 or more' }, expression: 'Bundle.entry[0]' },
  ],
  [
    'patch that finds nothing',
    { method: 'PATCH', url: 'Patient?a=b', resource: { resourceType: 'Parameters' } },
    { 'Patient?a=b': [] },
    { code: 'no-match' },
  ],
])('a conditional %s is refused', (_case, entry, found, issue) => {
  expect(issuesOf(() => decisionsFor(bundleOf(entry), found))).toMatchObject([issue])
})

test('a conditional delete of one alone is refused where it finds two', () => {
  const bundle = bundleOf({ method: 'DELETE', url: 'Patient?a=b' })
  const { entries } = planTransaction(bundle, { ...options, conditionalDelete: 'single' })
  const decideOn = (...ids: string[]) => decide(entries, matchesOf({ 'Patient?a=b': ids }), [''])
  expect(decideOn('x')).toEqual([{ act: 'delete', type: 'Patient', ids: ['x'] }])
  expect(issuesOf(() => decideOn('x', 'y'))).toMatchObject([
    { code: 'multiple-matches', expression: 'Bundle.entry[0]' },
  ])
})

test('of several creates under one condition the first creates and the others find it', () => {
  const conditional = create({ ifNoneExist: 'a=b' })
  expect(decisionsFor(bundleOf(conditional, conditional, create()), { 'Patient?a=b': [] })).toEqual([
    { act: 'create', type: 'Patient', id: 'new0' },
    { act: 'found', type: 'Patient', id: 'new0' },
    { act: 'create', type: 'Patient', id: 'new2' },
  ])
})

const remove = (url: string): Parts => ({ method: 'DELETE', url })
const byCriteria = (more: JsonObject = {}): Parts => ({ method: 'PUT', url: 'Patient?a=b', resource: patient(more) })

test.each<[string, Parts, Parts, readonly string[], object]>([
  ['create', create({ ifNoneExist: 'a=b' }), remove('Patient?a=b'), ['x'], { act: 'create', id: 'new0' }],
  ['create', create({ ifNoneExist: 'a=b' }), remove('Patient/x'), ['x'], { act: 'create', id: 'new0' }],
  ['create', create({ ifNoneExist: 'a=b' }), remove('Patient/x'), ['x', 'y'], { act: 'found', id: 'y' }],
  ['update', byCriteria(), remove('Patient?a=b'), ['x'], { act: 'create', id: 'new0' }],
  ['update', byCriteria(), remove('Patient/x'), ['x', 'y'], { act: 'put', id: 'y' }],
  ['update with an id', byCriteria({ id: 'z' }), remove('Patient?a=b'), ['x'], { act: 'put', id: 'z', fresh: true }],
])('a conditional %s does not find what another entry deletes', (_case, first, second, found, decision) => {
  const decisions = decisionsFor(bundleOf(first, second), { 'Patient?a=b': found })
  expect(decisions[0]).toMatchObject(decision)
  expect(decisions[1]).toMatchObject({ act: 'delete', ids: ['x'] })
})

test('a conditional patch has nothing to change then', () => {
  const change = { method: 'PATCH', url: 'Patient?a=b', resource: { resourceType: 'Parameters' } }
  const bundle = bundleOf(change, remove('Patient/x'))
  expect(issuesOf(() => decisionsFor(bundle, { 'Patient?a=b': ['x'] }))).toMatchObject([{ code: 'no-match' }])
})

test('what entries may delete is looked for beside the matches that are enough to know', () => {
  const bundle = bundleOf(create({ ifNoneExist: 'a=b' }), remove('Patient/1'), remove('Patient?c=d'), remove('Group/1'))
  const { conditions } = planTransaction(bundle, { ...options, conditionalDelete: 'single' })
  expect(conditions.map(({ query, limit }) => [query, limit])).toEqual([
    ['c=d', 2],
    ['a=b', 4],
  ])
})

test.each<[string, readonly Parts[], Record<string, readonly string[]>, string]>([
  [
    'the delete of what a conditional update names by its id',
    [byCriteria({ id: 'x' }), remove('Patient?a=b')],
    { 'Patient?a=b': ['x'] },
    'Bundle.entry[1].request',
  ],
  ['two updates', [create(), put('1'), put('1')], {}, 'Bundle.entry[2].request'],
  ['an update and a delete', [put('1'), { method: 'DELETE', url: 'Patient/1' }], {}, 'Bundle.entry[1].request'],
  [
    'an update and a conditional delete that finds it',
    [put('1'), { method: 'DELETE', url: 'Patient?a=b' }],
    { 'Patient?a=b': ['1'] },
    'Bundle.entry[1].request',
  ],
  [
    'a conditional create that finds what another entry changes',
    [create({ ifNoneExist: 'a=b' }), put('1')],
    { 'Patient?a=b': ['1'] },
    'Bundle.entry[1].request',
  ],
  [
    'one fullUrl twice',
    [create({ fullUrl: 'urn:uuid:1' }), create({ fullUrl: 'urn:uuid:1' })],
    {},
    'Bundle.entry[1].fullUrl',
  ],
])('%s cannot be in one transaction', (_case, entries, found, expression) => {
  expect(issuesOf(() => decisionsFor(bundleOf(...entries), found))).toMatchObject([
    { code: 'invalid-bundle', expression },
  ])
})

test.each<[string, readonly Parts[]]>([
  ['two types with one id', [put('1'), { method: 'DELETE', url: 'Group/1' }]],
  ['an update and a read', [put('1'), { method: 'GET', url: 'Patient/1' }]],
  [
    'two deletes of one type',
    [
      { method: 'DELETE', url: 'Group/1' },
      { method: 'DELETE', url: 'Group/2' },
    ],
  ],
])('%s can', (_case, entries) => {
  expect(decisionsFor(bundleOf(...entries))).toHaveLength(2)
})

test('everything that is wrong is told at once, by the place in the Bundle', () => {
  const bundle = bundleOf(
    create({ resource: { resourceType: 'Group' } }),
    put('1'),
    { method: 'LOAD', url: 'Patient' },
    put('1'),
    observation('urn:uuid:nowhere'),
  )
  expect(issuesOf(() => planTransaction(bundle, options)).map((issue) => issue.expression)).toEqual([
    'Bundle.entry[0].resource',
    'Bundle.entry[2].request.method',
    'Bundle.entry[3].request',
    'Bundle.entry[4]',
  ])
})

test('equal criteria are searched once; conditions apart from references', () => {
  const conditional = create({ ifNoneExist: 'a=b' })
  const plan = planTransaction(
    bundleOf(
      conditional,
      conditional,
      observation('Patient?c=d'),
      observation('Patient?c=d'),
      observation('Patient?a=b'),
    ),
    options,
  )
  expect(plan.conditions).toEqual([{ type: 'Patient', query: 'a=b', limit: 2 }])
  expect(plan.searches).toEqual([
    { type: 'Patient', query: 'c=d' },
    { type: 'Patient', query: 'a=b' },
  ])
})

function subjectsOf(bundle: JsonObject, found: Record<string, readonly string[]> = {}) {
  const plan = planTransaction(bundle, options)
  const matches = matchesOf(found)
  const decisions = decide(
    plan.entries,
    matches,
    plan.entries.map((_, i) => `new${i}`),
  )
  const text = (index: number) => {
    const decision = decisions[index]!
    return 'id' in decision ? `${decision.type}/${decision.id}` : ''
  }
  const forms = (i: number) => identifierForms(plan.entries[i]!.resource!)
  const issues = resolveLinks(plan.links, text, resolveSearches(plan.searches, matches, decisions, forms))
  const subjects = plan.entries.flatMap(
    ({ resource }) => (resource?.['subject'] as { reference: string })?.reference ?? [],
  )
  return { issues, subjects }
}

test.each<[string, readonly Parts[], Record<string, readonly string[]>, string]>([
  ['what an entry creates', [create({ fullUrl: 'urn:uuid:1' }), observation('urn:uuid:1')], {}, 'Patient/new0'],
  ['what an entry updates', [put('1', { fullUrl: 'urn:uuid:1' }), observation('urn:uuid:1')], {}, 'Patient/1'],
  [
    'what a conditional create finds',
    [create({ fullUrl: 'urn:uuid:1', ifNoneExist: 'a=b' }), observation('urn:uuid:1')],
    { 'Patient?a=b': ['x'] },
    'Patient/x',
  ],
  ['what a search finds', [observation('Patient?a=b')], { 'Patient?a=b': ['x'] }, 'Patient/x'],
  [
    'what an entry creates under the searched identifier',
    [create({ resource: identified('1') }), observation('Patient?identifier=s|1')],
    { 'Patient?identifier=s|1': [] },
    'Patient/new0',
  ],
  [
    'what is found by condition and by search',
    [create({ resource: identified('1'), ifNoneExist: 'identifier=s|1' }), observation('Patient?identifier=s|1')],
    { 'Patient?identifier=s|1': ['x'] },
    'Patient/x',
  ],
  [
    'what an entry updates so that the search finds it',
    [put('x', { resource: identified('1', { id: 'x' }) }), observation('Patient?identifier=s|1')],
    { 'Patient?identifier=s|1': ['x'] },
    'Patient/x',
  ],
  [
    'what remains when an entry deletes the other that is found',
    [{ method: 'DELETE', url: 'Patient/y' }, observation('Patient?identifier=s|1')],
    { 'Patient?identifier=s|1': ['x', 'y'] },
    'Patient/x',
  ],
])('a reference leads to %s', (_case, entries, found, expected) => {
  expect(subjectsOf(bundleOf(...entries), found)).toEqual({ issues: [], subjects: [expected] })
})

test.each<[string, readonly Parts[], Record<string, readonly string[]>, number]>([
  ['nothing', [observation('Patient?a=b')], { 'Patient?a=b': [] }, 0],
  ['two resources', [observation('Patient?a=b')], { 'Patient?a=b': ['x', 'y'] }, 2],
  [
    'one that is stored and one that an entry creates',
    [create({ resource: identified('1') }), observation('Patient?identifier=s|1')],
    { 'Patient?identifier=s|1': ['x'] },
    2,
  ],
  [
    'what an entry changes so that it is no longer found',
    [put('x'), observation('Patient?identifier=s|1')],
    { 'Patient?identifier=s|1': ['x'] },
    0,
  ],
])('a search in place of a reference that finds %s is an issue', (_case, entries, found, count) => {
  const { issues } = subjectsOf(bundleOf(...entries), found)
  const expression = `Bundle.entry[${entries.length - 1}]`
  expect(issues).toMatchObject([{ code: 'unresolved-reference', params: { count }, expression }])
})
