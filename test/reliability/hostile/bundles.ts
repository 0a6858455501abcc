/** Bundles, patches, parameters and graphs with something wrong in them. */
import type { JsonObject, JsonValue } from '../../../server/fhir/json.ts'
import type { Random } from '../../oracle/random/random.ts'
import { mutated, oddValues } from './bodies.ts'
import { fragment, mutateText, tangle } from './fragments.ts'
import { type Maker, target } from './request.ts'
import { randomSearch } from './searches.ts'

/** A transaction, a batch or something like it. */
export function randomBundle(maker: Maker): string {
  const { random } = maker
  const entry = Array.from({ length: random.below(6) }, () => randomEntry(maker))
  const type = random.weighted([
    [6, 'transaction'],
    [4, 'batch'],
    [1, 'collection'],
    [1, 'Transaction'],
    [1, fragment(random)],
  ])
  const bundle: JsonObject = { resourceType: 'Bundle', type, entry }
  const changed = random.chance(0.4) ? mutated(bundle, random) : bundle
  const text = JSON.stringify(changed)
  return random.chance(0.1) ? mutateText(text, random) : text
}

function randomEntry(maker: Maker): JsonObject {
  const { random } = maker
  const type = random.pick(maker.types)
  const method = random.pick(['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'post', fragment(random)])
  const { id: _id, ...sound } = maker.resource(type)
  const resource = random.chance(0.4) ? mutated(sound, random) : sound
  const condition = () =>
    random.chance(0.15) ? random.pick(['W/"1"', 'W/"x"', '1', '', 'identifier=a', '*', tangle(random)]) : undefined
  const members = {
    ifMatch: condition(),
    ifNoneMatch: condition(),
    ifNoneExist: condition(),
    ifModifiedSince: condition(),
  }
  const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject
  const fullUrl = random.pick(['urn:uuid:1', 'urn:uuid:2', 'http://x.example/Patient/1', tangle(random)])
  return {
    ...(random.chance(0.5) && { fullUrl }),
    ...(random.chance(0.8) && { resource: withReference(resource, random) }),
    ...(random.chance(0.95) && { request: { method, url: entryUrl(maker, type), ...given } }),
  }
}

function entryUrl(maker: Maker, type: string): string {
  const { random } = maker
  return random.weighted<() => string>([
    [4, () => type],
    [4, () => target(maker)],
    [3, () => `${type}?${randomSearch(maker, type)}`],
    [1, () => `${target(maker)}/${random.pick(['_history', '_history/1', '$meta', '$validate', '$everything', '*'])}`],
    [1, () => tangle(random)],
    [1, () => ''],
  ])()
}

function withReference(resource: JsonObject, random: Random): JsonObject {
  if (random.chance(0.7)) return resource
  const reference = random.pick([
    'urn:uuid:1',
    'urn:uuid:3',
    'Patient?identifier=x|y',
    'Patient?',
    'Nope?a=b',
    tangle(random),
  ])
  return { ...resource, subject: { reference } }
}

const operations = ['add', 'remove', 'replace', 'move', 'copy', 'test', 'insert', 'delete', '', 'ADD']

export function randomJsonPatch(maker: Maker): string {
  const { random } = maker
  const list = Array.from({ length: random.below(5) }, (): JsonObject => {
    const op = random.pick(operations)
    return {
      op,
      path: pointer(random),
      ...(random.chance(0.3) && { from: pointer(random) }),
      ...(random.chance(0.8) && { value: anyValue(random) }),
    }
  })
  const changed = list.map((operation) => (random.chance(0.1) ? mutated(operation, random) : operation))
  const text = JSON.stringify(random.chance(0.9) ? changed : (changed[0] ?? {}))
  return random.chance(0.2) ? mutateText(text, random) : text
}

function pointer(random: Random): string {
  const parts = [
    'name',
    '0',
    '-',
    '1',
    'family',
    'id',
    'meta',
    'resourceType',
    '__proto__',
    'constructor',
    '~0',
    '~1',
    '~',
    '-1',
    '00',
  ]
  const path = Array.from({ length: random.below(5) }, () =>
    random.chance(0.9) ? random.pick(parts) : fragment(random),
  )
  return random.chance(0.9) ? path.map((part) => `/${part}`).join('') : tangle(random)
}

function anyValue(random: Random): JsonValue {
  const plain: JsonValue[] = [
    'x',
    '',
    1,
    -1.5,
    true,
    null,
    [],
    {},
    [{}],
    { family: 'x' },
    [{ family: 'y' }],
    fragment(random),
    random.pick(oddValues),
  ]
  return random.pick(plain)
}

export function randomPathPatch(maker: Maker): string {
  const { random } = maker
  const parameter = Array.from({ length: random.below(4) }, (): JsonObject => {
    const parts: JsonObject[] = [
      { name: 'type', valueCode: random.pick(operations) },
      { name: 'path', valueString: fhirPath(random) },
      { name: 'name', valueString: random.pick(['name', 'family', 'id', 'extension', fragment(random)]) },
      { name: 'index', valueInteger: random.below(5) - 1 },
      { name: 'source', valueInteger: random.below(5) },
      { name: 'destination', valueInteger: random.below(5) },
      random.chance(0.5) ? { name: 'value', valueString: fragment(random) } : { name: 'value', part: [] },
    ]
    return { name: 'operation', part: parts.filter(() => random.chance(0.8)) }
  })
  const parameters: JsonObject = { resourceType: 'Parameters', parameter }
  const text = JSON.stringify(random.chance(0.3) ? mutated(parameters, random) : parameters)
  return random.chance(0.1) ? mutateText(text, random) : text
}

function fhirPath(random: Random): string {
  const paths = [
    ...[
      'Patient',
      'Patient.name',
      'Patient.name[0].family',
      'Patient.name.where(use = ',
      'Patient.birthDate',
      'Patient.id',
    ],
    ...[
      "Patient.name.where(family.matches('^(a+)+$'))",
      'Patient.descendants()',
      'Patient.repeat(children())',
      '1 / 0',
    ],
    ...["Patient.name.replaceMatches('(.*)*', 'x')", 'Patient.name.first().given.first()', '%context', 'iif(true, 1)'],
    ...['('.repeat(2000), `Patient${'.name'.repeat(2000)}`, 'Patient.extension("a")', 'now()', 'Observation.value'],
  ]
  const path = random.pick(paths)
  return random.chance(0.3) ? mutateText(path, random) : path
}

export function randomParameters(maker: Maker): string {
  const { random } = maker
  const names = [
    'resource',
    'mode',
    'profile',
    'meta',
    'return',
    'start',
    'end',
    '_since',
    '_type',
    '_count',
    'limit',
    'max',
    'from',
    'to',
  ]
  const parameter = Array.from({ length: random.below(4) }, (): JsonObject => {
    const value = random.pick<JsonObject>([
      { resource: mutated(maker.resource(random.pick(maker.types)), random) },
      { valueCode: random.pick(['create', 'update', 'delete', 'x', fragment(random)]) },
      { valueMeta: { tag: [{ system: 'urn:t', code: fragment(random) }], profile: [tangle(random)] } },
      { valueString: fragment(random) },
      { valueInteger: random.below(10) - 5 },
      { valueUri: tangle(random) },
      {},
    ])
    return { name: random.chance(0.9) ? random.pick(names) : fragment(random), ...value }
  })
  const parameters: JsonObject = { resourceType: 'Parameters', parameter }
  const text = JSON.stringify(random.chance(0.3) ? mutated(parameters, random) : parameters)
  return random.chance(0.2) ? mutateText(text, random) : text
}

export function randomGraph(random: Random): string {
  const texts = [
    '{ Patient(id: "a") { name { family } } }',
    '{ PatientList(_count: 3) { id name { given } } }',
    '{ ObservationConnection(_count: 1) { count edges { resource { id } } } }',
    'query q($a: ID) { Patient(id: $a) { ...f } } fragment f on Patient { ...f }',
    `{ ${'a { '.repeat(500)}`,
    `{ ${'a: Patient(id: "a") { id } '.repeat(300)} }`,
    '{ __schema { types { name } } }',
    'mutation { a }',
    'subscription { a }',
    '',
  ]
  return random.chance(0.6) ? mutateText(random.pick(texts), random) : random.pick(texts)
}
