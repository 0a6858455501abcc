/** Changes JSON values at random, for tests that compare two readers of them. */
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { isJsonObject } from '../../server/fhir/json.ts'
import { oneOf } from './random.ts'

const replacements: readonly JsonValue[] = [
  ...[null, '', ' ', 'x', 'final', 'male', '2024-02-29', '2023-02-29', '2024-01-01T00:00:00Z', 'a b', ' a', 'a\u0001'],
  ...[0, 1, -1, 1.5, 2 ** 31, true, false, [], {}, [null], [''], [{}], { id: 'a' }, { text: 'x' }, { url: 'u' }],
  ...[{ extension: [{ url: 'u', valueCode: 'c' }] }, [{ extension: [{ url: 'u', valueCode: 'c' }] }], [null, null]],
]

const keys: readonly string[] = [
  ...['id', 'extension', 'value', 'valueString', 'valueInteger', '_valueString', 'code', 'text', 'url', 'status'],
  ...[
    'family',
    'given',
    '_given',
    'birthDate',
    '_birthDate',
    'name',
    '_name',
    'fullName',
    '__proto',
    'effectivePeriod',
  ],
]

/** A copy with one change somewhere in it; the type of the resource stays. */
export function mutate(value: JsonObject, random: () => number): JsonObject {
  const copy = JSON.parse(JSON.stringify(value)) as JsonObject
  const places = containers(copy)
  const place = oneOf(random, places)
  if (Array.isArray(place)) mutateList(place, random)
  else mutateObject(place, random)
  return copy
}

function mutateList(list: JsonValue[], random: () => number): void {
  const index = Math.floor(random() * list.length)
  const changes = [
    () => list.splice(index, 1),
    () => list.splice(index, 0, structuredClone(oneOf(random, replacements))),
    () => list.push(structuredClone(list[index] ?? null)),
    () => (list[index] = structuredClone(oneOf(random, replacements))),
  ]
  oneOf(random, changes)()
}

function mutateObject(object: JsonObject, random: () => number): void {
  const own = Object.keys(object).filter((key) => key !== 'resourceType')
  const key = own.length > 0 ? oneOf(random, own) : 'id'
  const current = object[key] ?? null
  const replacement = structuredClone(oneOf(random, replacements))
  const changes = [
    () => delete object[key],
    () => (object[key] = replacement),
    () => (object[oneOf(random, keys)] = replacement),
    () => (object[`_${key}`] = replacement),
    () => (object[key] = [current]),
    () => (object[key] = Array.isArray(current) ? (current[0] ?? null) : current),
    () => {
      delete object[key]
      object[`${key}s`] = current
    },
  ]
  oneOf(random, changes)()
}

function containers(value: JsonValue): (JsonObject | JsonValue[])[] {
  if (Array.isArray(value)) return [value, ...value.flatMap(containers)]
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(containers)] : []
}
