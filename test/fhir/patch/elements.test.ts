import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { parseJson } from '../../../server/fhir/json.ts'
import type { Item } from '../../../server/fhir/patch/elements.ts'
import {
  countItems,
  insideOf,
  isList,
  itemAt,
  openInside,
  placesOf,
  readItems,
  removeElement,
  variantsOf,
  writeItems,
} from '../../../server/fhir/patch/elements.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const definitions = loadDefinitions(tmpdir())

test.each<[string, string, Item[]]>([
  ['{"a":"x"}', 'a', [{ value: 'x' }]],
  ['{"a":"x","_a":{"id":"1"}}', 'a', [{ value: 'x', beside: { id: '1' } }]],
  ['{"_a":{"id":"1"}}', 'a', [{ beside: { id: '1' } }]],
  ['{"a":["x",null],"_a":[null,{"id":"1"}]}', 'a', [{ value: 'x' }, { beside: { id: '1' } }]],
  ['{"a":["x"],"_a":[null,{"id":"1"}]}', 'a', [{ value: 'x' }, { beside: { id: '1' } }]],
  ['{"a":[{"b":1}]}', 'a', [{ value: { b: 1 } }]],
  ['{"a":false}', 'a', [{ value: false }]],
  ['{"a":1}', 'b', []],
  ['{"a":1}', 'toString', []],
])('the elements of %s.%s are %j', (text, key, items) => {
  expect(readItems(parseJson(text) as JsonObject, key)).toEqual(items)
})

test.each<[Item[], boolean, string]>([
  [[{ value: 'x' }], false, '{"a":"x"}'],
  [[{ value: 'x', beside: { id: '1' } }], false, '{"a":"x","_a":{"id":"1"}}'],
  [[{ value: 'x' }, { value: 'y', beside: { id: '1' } }], true, '{"a":["x","y"],"_a":[null,{"id":"1"}]}'],
  [[{ beside: { id: '1' } }], true, '{"_a":[{"id":"1"}]}'],
  [[], true, '{}'],
])('the elements %j are written as %s: %s', (items, many, text) => {
  const holder: JsonObject = { a: ['old'], _a: [{ id: 'old' }] }
  writeItems({ holder, type: undefined, key: 'a' }, items, many, definitions)
  expect(JSON.stringify(holder)).toBe(text)
})

test('a new property is written where its definition puts it', () => {
  const holder: JsonObject = { resourceType: 'Patient', id: 'p', active: true, _gender: { id: '1' }, contact: [] }
  writeItems({ holder, type: 'Patient', key: 'name' }, [{ value: { text: 'x' } }], true, definitions)
  expect(Object.keys(holder)).toEqual(['resourceType', 'id', 'active', 'name', '_gender', 'contact'])
})

const patient = () =>
  parseJson(
    '{"resourceType":"Patient","deceasedDateTime":"2020","_deceasedDateTime":{"extension":[{"url":"u","valueDecimal":1.0}]},"contained":[{"resourceType":"Basic","code":{"text":"x"}}],"contact":[{"name":{"given":["a"]}}]}',
  ) as JsonObject

test('places carry the types on the way, through choices, primitives and contained resources', () => {
  const types = (...names: string[]) => {
    const location = names.map((name) => ({
      name,
      ...(['contained', 'contact', 'given', 'extension'].includes(name) && { index: 0 }),
    }))
    return placesOf(patient(), location, definitions).map(({ type, key }) => `${type}.${key}`)
  }
  expect(types('deceased', 'extension', 'value')).toEqual([
    'Patient.deceasedDateTime',
    'dateTime.extension',
    'Extension.valueDecimal',
  ])
  expect(types('contained', 'code', 'text')).toEqual(['Patient.contained', 'Basic.code', 'CodeableConcept.text'])
  expect(types('contact', 'name', 'given')).toEqual(['Patient.contact', 'Patient.contact.name', 'HumanName.given'])
})

test('a primitive without extensions has no inside until it is opened', () => {
  const resource = { resourceType: 'Patient', birthDate: '2000' }
  const [place] = placesOf(resource, [{ name: 'birthDate' }], definitions)
  expect(insideOf(place!, definitions)).toBeUndefined()
  expect(openInside(place!, definitions)).toEqual({ holder: {}, type: 'date' })
  expect(resource).toEqual({ resourceType: 'Patient', birthDate: '2000', _birthDate: {} })
})

test('removing the last content of an element removes the element', () => {
  const resource = patient()
  const given = [{ name: 'contact', index: 0 }, { name: 'name' }, { name: 'given', index: 0 }]
  removeElement(placesOf(resource, given, definitions), definitions)
  expect(resource).not.toHaveProperty('contact')
  removeElement(placesOf(resource, [{ name: 'deceased' }, { name: 'extension', index: 0 }], definitions), definitions)
  expect(resource).toMatchObject({ deceasedDateTime: '2020' })
  expect(resource).not.toHaveProperty('_deceasedDateTime')
})

test('what is a list is said by the definition, or else by the JSON', () => {
  const holder: JsonObject = { name: [], odd: [], other: 1 }
  expect(isList({ holder, type: 'Patient', key: 'name' }, definitions)).toBe(true)
  expect(isList({ holder, type: 'Patient', key: 'gender' }, definitions)).toBe(false)
  expect(isList({ holder, type: 'Patient', key: 'odd' }, definitions)).toBe(true)
  expect(isList({ holder, type: undefined, key: 'other' }, definitions)).toBe(false)
})

test.each<[string | undefined, string, string[]]>([
  ['Patient', 'deceased', ['deceasedBoolean', 'deceasedDateTime']],
  ['Patient', 'deceasedBoolean', ['deceasedBoolean']],
  ['Patient', 'name', ['name']],
  ['Patient', 'colour', []],
  [undefined, 'name', []],
])('%s.%s may be written as %j', (type, name, keys) => {
  expect(variantsOf(type, name, definitions).map((property) => property.name)).toEqual(keys)
})

test('one element is read without the others', () => {
  const holder = parseJson('{"a":["x","y"],"_a":[null,null,{"id":"1"}],"b":1}') as JsonObject
  expect(countItems(holder, 'a')).toBe(3)
  expect([0, 2, 3].map((index) => itemAt({ holder, type: undefined, key: 'a', index }))).toEqual([
    { value: 'x' },
    { beside: { id: '1' } },
    undefined,
  ])
  expect(itemAt({ holder, type: undefined, key: 'b' })).toEqual({ value: 1 })
})
