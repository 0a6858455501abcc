import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { diff } from '../../server/fhir/diff.ts'
import { applyFhirPathPatch } from '../../server/fhir/fhirpath-patch.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { isJsonObject, numberFromText, parseJson } from '../../server/fhir/json.ts'
import { canonicalJson, copyJson } from '../../server/fhir/json-value.ts'
import { loadDefinitions } from '../../server/packages.ts'
import { parameters, patchCases } from '../support/patch-cases.ts'

const definitions = loadDefinitions(tmpdir())
const patient = (content: Record<string, JsonValue> = {}): JsonObject => ({ resourceType: 'Patient', ...content })
const nick = { url: 'http://e.org/nick', valueString: 'J' }

/** `meta` without what the server sets, and absent where nothing is left. */
function comparable(resource: JsonObject): string {
  const { meta, ...rest } = resource
  const { versionId, lastUpdated, ...own } = (meta ?? {}) as JsonObject
  return canonicalJson({ ...rest, ...(Object.keys(own).length > 0 && { meta: own }) })
}

/** The difference, once it is shown to lead from one to the other and to be a Parameters resource. */
function shown(before: JsonObject, after: JsonObject): JsonObject {
  const patch = diff(before, after, definitions) as unknown as JsonObject
  const sent = parseJson(JSON.stringify(patch))
  expect(comparable(applyFhirPathPatch(before, sent, definitions))).toBe(comparable(after))
  return patch
}

describe("HL7's cases", () => {
  test.each(patchCases)('$name', ({ before, after, patch, both }) => {
    const difference = shown(before, after)
    if (both) expect(difference).toEqual(patch)
    shown(after, before)
  })
})

test.each<[string, JsonObject, JsonObject, Record<string, JsonValue>[]]>([
  [
    'a choice of another type',
    patient({ deceasedBoolean: true }),
    patient({ deceasedDateTime: '2020' }),
    [{ type: 'replace', path: 'Patient.deceased', value: { valueDateTime: '2020' } }],
  ],
  [
    'an extension of a primitive',
    patient({ birthDate: '2000' }),
    patient({ birthDate: '2000', _birthDate: { extension: [nick] } }),
    [{ type: 'replace', path: 'Patient.birthDate', value: { valueDate: '2000', _valueDate: { extension: [nick] } } }],
  ],
  [
    'a primitive without a value',
    patient(),
    patient({ _birthDate: { extension: [nick] } }),
    [{ type: 'add', path: 'Patient', name: 'birthDate', value: { _valueDate: { extension: [nick] } } }],
  ],
  [
    'an extension',
    patient(),
    patient({ extension: [nick] }),
    [
      {
        type: 'add',
        path: 'Patient',
        name: 'extension',
        value: {
          part: [
            { name: 'url', valueUri: nick.url },
            { name: 'value', valueString: 'J' },
          ],
        },
      },
    ],
  ],
  [
    'the value of an extension',
    patient({ extension: [nick] }),
    patient({ extension: [{ ...nick, valueString: 'K' }] }),
    [{ type: 'replace', path: 'Patient.extension[0].value', value: { valueString: 'K' } }],
  ],
  [
    'a narrative',
    patient(),
    patient({ text: { status: 'empty', div: '<div/>' } }),
    [
      {
        type: 'add',
        path: 'Patient',
        name: 'text',
        value: {
          part: [
            { name: 'status', valueCode: 'empty' },
            { name: 'div', valueString: '<div/>' },
          ],
        },
      },
    ],
  ],
  [
    'a contained resource',
    patient(),
    patient({ contained: [{ resourceType: 'Basic', id: 'b' }] }),
    [{ type: 'add', path: 'Patient', name: 'contained', value: { resource: { resourceType: 'Basic', id: 'b' } } }],
  ],
  [
    'an element of a contained resource',
    patient({ contained: [{ resourceType: 'Basic', id: 'b' }] }),
    patient({ contained: [{ resourceType: 'Basic', id: 'b', created: '2020' }] }),
    [{ type: 'add', path: 'Patient.contained[0]', name: 'created', value: { valueDate: '2020' } }],
  ],
  [
    'a contained resource that is another',
    patient({ contained: [{ resourceType: 'Basic', id: 'b' }] }),
    patient({ contained: [{ resourceType: 'Basic', id: 'c' }] }),
    [{ type: 'replace', path: 'Patient.contained[0]', value: { resource: { resourceType: 'Basic', id: 'c' } } }],
  ],
  [
    'all content of an element',
    patient({ contact: [{ name: { text: 'x' } }] }),
    patient({ contact: [{ gender: 'male' }] }),
    [
      { type: 'add', path: 'Patient.contact[0]', name: 'gender', value: { valueCode: 'male' } },
      { type: 'delete', path: 'Patient.contact[0].name' },
    ],
  ],
  [
    'the digits of a number',
    { resourceType: 'Observation', valueQuantity: { value: numberFromText('1.0') } },
    { resourceType: 'Observation', valueQuantity: { value: numberFromText('1.00') } },
    [{ type: 'replace', path: 'Observation.value.value', value: { valueDecimal: numberFromText('1.00') } }],
  ],
  [
    'primitives in a list',
    patient({ name: [{ given: ['a', 'b'] }] }),
    patient({ name: [{ given: ['b', 'c'], _given: [null, { id: 'x' }] }] }),
    [
      { type: 'move', path: 'Patient.name[0].given', source: 1, destination: 0 },
      { type: 'replace', path: 'Patient.name[0].given[1]', value: { valueString: 'c', _valueString: { id: 'x' } } },
    ],
  ],
  [
    'nothing but the version',
    patient({ meta: { versionId: '1', lastUpdated: '2020-01-01T00:00:00Z' } }),
    patient({ meta: { versionId: '2', lastUpdated: '2021-01-01T00:00:00Z' } }),
    [],
  ],
  ['nothing but a missing version', patient(), patient({ meta: { versionId: '2' } }), []],
  [
    'a tag beside a version',
    patient({ meta: { versionId: '1' } }),
    patient({ meta: { versionId: '2', tag: [{ code: 'x' }] } }),
    [{ type: 'add', path: 'Patient.meta', name: 'tag', value: { valueCoding: { code: 'x' } } }],
  ],
  [
    'a tag without a version',
    patient(),
    patient({ meta: { versionId: '2', tag: [{ code: 'x' }] } }),
    [{ type: 'add', path: 'Patient', name: 'meta', value: { valueMeta: { tag: [{ code: 'x' }] } } }],
  ],
  [
    'no tag any more',
    patient({ meta: { versionId: '1', tag: [{ code: 'x' }] } }),
    patient(),
    [{ type: 'delete', path: 'Patient.meta.tag[0]' }],
  ],
])('the difference in %s', (_case, before, after, operations) => {
  expect(shown(before, after)).toEqual(parameters(...operations))
})

test('resources of two types have no difference', () => {
  expect(() => diff(patient(), { resourceType: 'Basic' }, definitions)).toThrow(
    'A Patient cannot be compared with a Basic',
  )
})

test('elements that no definition knows are faults', () => {
  expect(() => diff(patient({ colour: 'red' }), patient(), definitions)).toThrow(
    "'colour' is not an element of Patient",
  )
  expect(() => diff(patient(), patient({ extension: [{ url: 'u', colour: 1 }] }), definitions)).toThrow(
    "'colour' is not an element of Extension",
  )
})

const synthea = join(process.env['SHARED_DIR'] ?? '../shared', 'data', 'synthea')

describe('on synthetic patients', () => {
  test.skipIf(!existsSync(synthea))('random changes are found and repeated by the difference', () => {
    const seed = Number(process.env['SEED'] ?? 20240601)
    console.info(`seed ${seed}`)
    const random = randomFrom(seed)
    for (const [i, resource] of sample(random).entries()) {
      for (let round = 0; round < 3; round++) {
        const after = copyJson(resource)
        for (let changes = random(6); changes >= 0; changes--) mutate(after, random)
        prune(after)
        expect(() => shown(resource, after), `seed ${seed}, resource ${i}, round ${round}`).not.toThrow()
      }
    }
  })
})

function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Some resources of each type, from a few files. */
function sample(random: (below: number) => number): JsonObject[] {
  const files = readdirSync(synthea).filter((file) => /^[0-9a-f]{8}-.*\.json\.gz$/.test(file))
  const byType = new Map<string, JsonObject[]>()
  for (let i = 0; i < 3; i++) {
    const bundle = parseJson(
      gunzipSync(readFileSync(join(synthea, files[random(files.length)]!))).toString(),
    ) as JsonObject
    for (const entry of bundle['entry'] as JsonObject[]) {
      const resource = entry['resource'] as JsonObject
      const type = String(resource['resourceType'])
      byType.set(type, [...(byType.get(type) ?? []), resource])
    }
  }
  return [...byType.values()].flatMap((resources) =>
    Array.from({ length: 4 }, () => resources[random(resources.length)]!),
  )
}

/** Changes one object or list somewhere inside, in a way that keeps the shape that the definitions demand. */
function mutate(resource: JsonObject, random: (below: number) => number): void {
  const objects: JsonObject[] = []
  const lists: JsonValue[][] = []
  const collect = (value: JsonValue): void => {
    if (Array.isArray(value)) lists.push(value)
    if (isJsonObject(value)) objects.push(value)
    if (Array.isArray(value) || isJsonObject(value)) Object.values(value).forEach(collect)
  }
  collect(resource)

  const list = lists[random(lists.length)]
  const object = objects[random(objects.length)]!
  const keys = Object.keys(object).filter((key) => key !== 'resourceType' && !key.startsWith('_'))
  const key = keys[random(keys.length)]
  const isPart = object['resourceType'] === undefined
  const extended = { extension: [{ url: nick.url, valueDecimal: numberFromText(`${random(9)}.0`) }] }
  const changes: (() => void)[] = [
    () => key !== undefined && changePrimitive(object, key, random),
    () => key !== undefined && delete object[key],
    () => key !== undefined && typeof object[key] !== 'object' && Object.assign(object, { [`_${key}`]: extended }),
    () => isPart && Object.assign(object, { id: `i${random(3)}` }),
    () => isPart && (object['url'] === undefined || object['value'] !== undefined) && Object.assign(object, extended),
    () => list && list.length < 100 && list.reverse(),
    () => list && list.length > 0 && list.push(copyJson(list[random(list.length)]!)),
    () => list && list.length > 0 && list.splice(random(list.length), 1),
    () => list && list.length > 0 && list.splice(random(list.length), 0, ...list.splice(random(list.length), 1)),
  ]
  changes[random(changes.length)]!()
}

function changePrimitive(object: JsonObject, key: string, random: (below: number) => number): void {
  const value = object[key]
  if (typeof value === 'string' && key !== 'resourceType') object[key] = `${value}${random(10)}`
  else if (typeof value === 'boolean') object[key] = !value
  else if (typeof value === 'number') object[key] = numberFromText(`${random(100)}.${random(10)}0`)
}

/** Empty objects and lists, and what stands beside a primitive that is gone, are no FHIR. */
function prune(value: JsonValue): void {
  if (Array.isArray(value)) {
    value.forEach(prune)
    const kept = value.filter((item) => !isEmpty(item))
    value.splice(0, value.length, ...kept)
  } else if (isJsonObject(value)) {
    for (const key of Object.keys(value)) {
      prune(value[key]!)
      if (isEmpty(value[key]!)) delete value[key]
    }
  }
}

function isEmpty(value: JsonValue): boolean {
  return (Array.isArray(value) || isJsonObject(value)) && Object.keys(value).length === 0
}
