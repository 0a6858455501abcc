import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { compile, createMeter } from '../../../server/fhir/fhirpath.ts'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { parseJson } from '../../../server/fhir/json.ts'
import { readPath } from '../../../server/fhir/patch/path.ts'
import { loadDefinitions } from '../../../server/packages.ts'

const definitions = loadDefinitions(tmpdir())
const observation = parseJson(`{"resourceType":"Observation","id":"o","status":"final",
  "contained":[{"resourceType":"Patient","id":"p","name":[{"given":["a","b"]}],"deceasedBoolean":true}],
  "code":{"coding":[{"code":"1"},{"code":"2","_code":{"extension":[{"url":"u","valueString":"x"}]}}]},
  "_effectiveDateTime":{"extension":[{"url":"u","valueCode":"unknown"}]},
  "valueQuantity":{"value":1.50,"unit":"mg"},
  "note":[{"text":"n","_text":{"id":"t"}}],
  "component":[{"code":{"text":"c1"},"valueString":"s","_valueString":{"extension":[{"url":"u","valueDecimal":2.0}]}},
    {"code":{"text":"c2"},"valueQuantity":{"value":2},"interpretation":[{"text":"i"},{"text":"j"}]}]}`) as JsonObject

test('plain paths are followed to where the full language finds them', () => {
  const names = 'code coding effective value extension component interpretation text contained name resourceType'.split(
    ' ',
  )
  const seed = 77
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  let found = 0
  for (let i = 0; i < 700; i++) {
    let path = ['Observation', '$this'][random(2)]!
    for (let depth = 0; depth <= random(4); depth++) {
      path += `.${names[random(names.length)]}${random(3) === 0 ? `[${random(2)}]` : ''}`
    }
    const fast = readPath(path, createMeter())(observation, definitions)
    const full = compile(path)
      .locate(observation)
      .filter((location) => !location?.some(({ name }) => name === 'resourceType'))
    expect(fast, `seed ${seed}, case ${i}: ${path}`).toEqual(full)
    found += fast.length
  }
  expect(found).toBeGreaterThan(100)
})

test.each([
  ["Observation.component.where(code.text = 'c2').value", [[{ name: 'component', index: 1 }, { name: 'value' }]]],
  ["Observation.descendants().where($this = 'mg')", [[{ name: 'valueQuantity' }, { name: 'unit' }]]],
  ['Resource.id', [[{ name: 'id' }]]],
  ['id', [[{ name: 'id' }]]],
  ["'text'", [undefined]],
  ['Observation.`resourceType`', [undefined]],
  ['Observation.component._valueString', [undefined]],
  ['Patient.name', []],
  ['Observation.component.value[1].value', [[{ name: 'component', index: 1 }, { name: 'value' }, { name: 'value' }]]],
])('%s leads to %j', (path, expected) => {
  expect(readPath(path, createMeter())(observation, definitions)).toEqual(expected)
})

test('paths that need a parser are paid for', () => {
  expect(() => readPath('Observation.value', createMeter(0))).not.toThrow()
  expect(() => readPath('Observation.value.where(true)', createMeter(10))).toThrow('too many steps')
  const meter = createMeter(100)
  const path = readPath('Observation.component.code', meter)
  expect(() => {
    for (let i = 0; i < 100; i++) path(observation, definitions)
  }).toThrow('too many steps')
})
