import { expect, test } from 'vitest'
import {
  changedReferences,
  conditionOf,
  type Identity,
  overlaps,
  tooManyDeleted,
} from '../../../server/fhir/transaction/decide.ts'
import type { Entry } from '../../../server/fhir/transaction/entry.ts'

const entry = (kind: Entry['kind'], criteria?: string): Entry => ({
  index: 0,
  kind,
  type: 'Patient',
  request: { method: 'GET', path: [], query: '', headers: {} },
  ...(criteria !== undefined && { criteria }),
})

test('two matches of a condition are enough to know, but a delete may take many', () => {
  expect(conditionOf(entry('create'))).toEqual([])
  expect(conditionOf(entry('create', 'a=b'))).toEqual([{ type: 'Patient', query: 'a=b', limit: 2 }])
  expect(conditionOf(entry('delete', 'a=b'))).toEqual([{ type: 'Patient', query: 'a=b', limit: 2 }])
  const several = { ...entry('delete', 'a=b'), several: true }
  expect(conditionOf(several)).toEqual([{ type: 'Patient', query: 'a=b', limit: tooManyDeleted.multiple }])
})

test('what other entries may delete is looked for beside those two', () => {
  expect(conditionOf(entry('create', 'a=b'), 3)).toEqual([{ type: 'Patient', query: 'a=b', limit: 5 }])
  expect(conditionOf(entry('delete', 'a=b'), 3)).toEqual([{ type: 'Patient', query: 'a=b', limit: 2 }])
})

const identity = (index: number, id: string, changes: boolean): Identity => ({ index, type: 'Patient', id, changes })

test.each<[string, readonly Identity[], number]>([
  ['two that change one resource overlap', [identity(0, 'a', true), identity(1, 'a', true)], 1],
  ['one that changes what another stands for overlaps', [identity(0, 'a', false), identity(1, 'a', true)], 1],
  ['two that stand for one resource do not', [identity(0, 'a', false), identity(1, 'a', false)], 0],
  ['two that change two resources do not', [identity(0, 'a', true), identity(1, 'b', true)], 0],
])('%s', (_case, list, count) => {
  expect(overlaps(list)).toHaveLength(count)
})

test('updates and deletes change what was stored', () => {
  const type = 'Patient'
  expect(changedReferences({ act: 'put', type, id: 'a' })).toEqual(['Patient/a'])
  expect(changedReferences({ act: 'delete', type, ids: ['a', 'b'] })).toEqual(['Patient/a', 'Patient/b'])
  expect(changedReferences({ act: 'create', type, id: 'a' })).toEqual([])
  expect(changedReferences({ act: 'found', type, id: 'a' })).toEqual([])
})
