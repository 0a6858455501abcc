import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { isJsonObject, parseJson } from '../../server/fhir/json.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { canonicalJson } from './canonical-json.ts'
import { randomResource, seededRandom } from './random-resource.ts'

const definitions = loadDefinitions(tmpdir())

test('the same seed makes the same resource, another one another', () => {
  const [a, b, c] = [7, 7, 8].map((seed) => randomResource(definitions, 'Patient', seededRandom(seed)))
  expect(a).toEqual(b)
  expect(a).not.toEqual(c)
})

test('codes come from the value sets where they are known', () => {
  const codesOf = (valueSet: string) => (valueSet.endsWith('/administrative-gender') ? ['female'] : undefined)
  const genders = Array.from({ length: 40 }, (_, seed) => {
    return randomResource(definitions, 'Patient', seededRandom(seed), codesOf)['gender']
  })
  expect(new Set(genders.filter((gender) => gender !== undefined))).toEqual(new Set(['female']))
})

test.each(definitions.resourceTypes)('%s has the structure of its definition, seeds 1 to 10', (type) => {
  for (let seed = 1; seed <= 10; seed++) {
    const resource = randomResource(definitions, type, seededRandom(seed))
    expect(faults(resource, type, type), `seed ${seed}`).toEqual([])
    const text = JSON.stringify(resource)
    expect(canonicalJson(parseJson(text)), `seed ${seed}`).toBe(canonicalJson(resource))
  }
})

/** Unknown, missing, repeated, empty and wrongly shaped elements. */
function faults(object: JsonObject, type: string, path: string): string[] {
  const properties = definitions.properties(type)!
  const names = Object.keys(object).map((key) => key.replace(/^_/, ''))
  const elements = new Set(names.map((name) => properties.get(name)?.element))
  const missing = definitions.types.get(type)!.elements.filter((element) => element.min > 0 && !elements.has(element))
  const choices = new Set(names).size - new Set(names.map((name) => properties.get(name)?.element ?? name)).size
  return [
    ...missing.map(({ name }) => `${path}.${name} is missing`),
    ...(choices > 0 ? [`${path} has a choice twice`] : []),
    ...(names.length === 0 ? [`${path} is empty`] : []),
    ...Object.entries(object).flatMap(([key, value]) => memberFaults(key, value, type, `${path}.${key}`)),
  ]
}

function memberFaults(key: string, value: JsonValue, type: string, path: string): string[] {
  const property = definitions.properties(type)!.get(key.replace(/^_/, ''))
  if (!property && key === 'resourceType') return []
  if (!property) return [`${path} is unknown`]
  if (property.many !== Array.isArray(value)) return [`${path} is of the wrong shape`]
  return (Array.isArray(value) ? value : [value]).flatMap((item) => {
    if (property.primitive && !key.startsWith('_')) return isJsonObject(item) ? [`${path} is no value`] : []
    if (!isJsonObject(item)) return item === null && property.primitive ? [] : [`${path} is no object`]
    const isResource = definitions.types.get(property.type.code)!.kind === 'resource'
    return faults(item, isResource ? String(item['resourceType']) : property.type.code, path)
  })
}
