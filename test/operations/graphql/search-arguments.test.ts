import { describe, expect, test } from 'vitest'
import {
  argumentName,
  refersTo,
  searchParameters,
  searchQuery,
} from '../../../server/operations/graphql/search-arguments.ts'
import { definitions, indexes } from './test-schema.ts'

const queryOf = (type: string, given: Record<string, unknown>) => decodeURIComponent(searchQuery(type, given, indexes))

describe('arguments become a query', () => {
  test.each<[string, string, Record<string, unknown>, string]>([
    ['a dash comes back', 'Condition', { clinical_status: ['active'] }, 'clinical-status=active'],
    ['values are alternatives', 'Patient', { _id: ['1', '2', 'example'] }, '_id=1,2,example'],
    ['arguments are joined', 'Patient', { name: ['a'], gender: ['male'] }, 'gender=male&name=a'],
    ['a comma is part of its value', 'Patient', { name: ['Marsh, Ann', 'Bo'] }, 'name=Marsh\\, Ann,Bo'],
    ['what is escaped stays so', 'Patient', { name: ['a\\,b', 'c\\|d'] }, 'name=a\\,b,c\\|d'],
    ['a single value needs no list', 'Patient', { name: 'Ann' }, 'name=Ann'],
    ['nulls are left out', 'Patient', { name: null, gender: [null, 'male'], _sort: null }, 'gender=male'],
    ['texts are whole', 'Patient', { _text: ['a, b'] }, '_text=a, b'],
    ['filters are as they are', 'Patient', { _filter: 'name eq "a,b"' }, '_filter=name eq "a,b"'],
    ['numbers are written out', 'Patient', { _count: 5 }, '_count=5'],
    ['what is no criterion has no part', 'Patient', { fhirpath: 'x', _reference: 'y', _cursor: 'z', cursor: 'z' }, ''],
    ['an empty list is an empty value', 'Patient', { name: [] }, 'name='],
  ])('%s', (_case, type, given, expected) => {
    expect(queryOf(type, given)).toBe(expected)
  })

  test('in which nothing is mistaken for more than a value', () => {
    expect(searchQuery('Patient', { name: ['a&gender=male'] }, indexes)).toBe('name=a%26gender%3Dmale')
  })

  test('unless several texts are given where one is taken', () => {
    expect(() => searchQuery('Patient', { _text: ['a', 'b'] }, indexes)).toThrow('It takes one text')
  })
})

test('no two search parameters of a type have one name', () => {
  for (const type of definitions.resourceTypes) {
    const usable = [...indexes.index(type).parameters.values()].filter((p) => p.paths.length > 0 || p.composite)
    const names = new Set(usable.map(({ code }) => argumentName(code)))
    expect(names.size, type).toBe(usable.length)
    expect([...searchParameters(type, indexes).keys()], type).toEqual(expect.arrayContaining([...names]))
  }
})

test.each([
  ['Condition', 'subject', 'Patient', true],
  ['Condition', 'patient', 'Patient', true],
  ['Condition', 'patient', 'Group', false],
  ['Condition', 'subject', 'Device', false],
  ['Condition', 'code', 'Patient', false],
  ['Observation', 'focus', 'Basic', true],
  ['PlanDefinition', 'depends-on', 'Library', false],
])('whether %s refers by %s to a %s: %s', (type, code, target, expected) => {
  expect(refersTo(indexes.index(type).parameters.get(code)!, target)).toBe(expected)
})
