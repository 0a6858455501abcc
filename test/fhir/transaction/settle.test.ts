import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import type { Entry } from '../../../server/fhir/transaction/entry.ts'
import { identifierForms } from '../../../server/fhir/transaction/identifiers.ts'
import type { LinkTarget } from '../../../server/fhir/transaction/links.ts'
import { searchesIn } from '../../../server/fhir/transaction/searches.ts'
import { type Draft, settle } from '../../../server/fhir/transaction/settle.ts'

interface Parts extends Partial<Entry> {
  readonly targets?: readonly LinkTarget[]
  readonly rejected?: boolean
}

function draftsOf(list: readonly Parts[]): Draft[] {
  return list.map(({ targets = [], rejected = false, ...more }, index) => ({
    entry: {
      index,
      kind: 'create',
      type: 'Patient',
      request: { method: 'POST', path: [], query: '', headers: {} },
      ...more,
    },
    targets,
    rejected: rejected ? [{ code: 'invalid-value' }] : [],
  }))
}

/** Which drafts are left out, by position and outcome; and what the others do. */
function settled(list: readonly Parts[], found: Record<string, readonly string[]> = {}, repeats = false) {
  const drafts = draftsOf(list)
  const matches = new Map(Object.entries(found).map(([key, ids]) => [key, ids.map((id) => ({ id, version: 1 }))]))
  const { decisions, resolved } = settle(drafts, {
    matches,
    searches: searchesIn(drafts.flatMap((draft) => draft.targets)),
    newIds: drafts.map((_, i) => `new${i}`),
    formsOf: (i) => identifierForms(drafts[i]!.entry.resource ?? {}),
    repeats,
  })
  return {
    rejected: drafts.flatMap(({ rejected }, i) => (rejected.length > 0 ? [`${i} ${rejected[0]!.code}`] : [])),
    acts: decisions.map((decision) => decision.act),
    resolved: Object.fromEntries(resolved.resolved),
  }
}

const to = (entry: number): LinkTarget => ({ entry })
const search = (query: string): LinkTarget => ({ criterion: { type: 'Patient', query } })
const identified = (value: string): JsonObject => ({ resourceType: 'Patient', identifier: [{ value }] })

test('what refers to what is left out is left out, however long the chain', () => {
  const list = [
    { targets: [to(1)] },
    { targets: [to(2)] },
    { targets: [to(3)] },
    { rejected: true },
    { targets: [to(5)] },
    {},
  ]
  expect(settled(list)).toMatchObject({
    rejected: ['0 unresolved-reference', '1 unresolved-reference', '2 unresolved-reference', '3 invalid-value'],
    acts: ['other', 'other', 'other', 'other', 'create', 'create'],
  })
})

test('circles are settled', () => {
  expect(settled([{ targets: [to(1)] }, { targets: [to(0)] }]).rejected).toEqual([])
})

test('what searches find may be stored, or be stored by another draft that is not left out', () => {
  const searching = { targets: [search('identifier=a')] }
  expect(settled([searching], { 'Patient?identifier=a': ['x'] }).resolved).toEqual({
    'Patient?identifier=a': 'Patient/x',
  })
  expect(settled([searching, { resource: identified('a') }]).resolved).toEqual({
    'Patient?identifier=a': 'Patient/new1',
  })
  expect(settled([searching, { resource: identified('a'), rejected: true }]).rejected).toEqual([
    '0 unresolved-reference',
    '1 invalid-value',
  ])
})

test('a condition that several resources meet leaves out one entry alone', () => {
  expect(settled([{ criteria: 'a=b' }, {}], { 'Patient?a=b': ['x', 'y'] }).rejected).toEqual(['0 multiple-matches'])
})

test('what relies on the create of another under the same condition goes with it', () => {
  const list = [{ criteria: 'a=b', targets: [to(2)] }, { criteria: 'a=b' }, { rejected: true }]
  expect(settled(list, { 'Patient?a=b': [] }).rejected).toEqual([
    '0 unresolved-reference',
    '1 no-match',
    '2 invalid-value',
  ])
})

test('one resource is written once in a Bundle, and several times in a file of versions', () => {
  const list: Parts[] = [
    { kind: 'update', id: 'a' },
    { kind: 'update', id: 'a' },
    { kind: 'update', id: 'b' },
  ]
  expect(settled(list)).toMatchObject({ rejected: ['1 invalid-bundle'], acts: ['put', 'other', 'put'] })
  expect(settled(list, {}, true)).toMatchObject({ rejected: [], acts: ['put', 'put', 'put'] })
})
