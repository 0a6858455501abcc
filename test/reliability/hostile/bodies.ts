/** Bodies that were a valid resource once. */
import type { JsonObject, JsonValue, RawNumber } from '../../../server/fhir/json.ts'
import { isJsonObject } from '../../../server/fhir/json.ts'
import { copyJson } from '../../../server/fhir/json-value.ts'
import { toXml } from '../../../server/fhir/xml-write.ts'
import type { Random } from '../../oracle/random/random.ts'
import { mutate } from '../../support/mutate.ts'
import { fragment, mutateBytes, mutateText } from './fragments.ts'
import { json, type Maker, xml } from './request.ts'

export interface Body {
  readonly contentType: string
  readonly payload: string | Buffer
}

export function randomBody(maker: Maker, type: string, id?: string): Body {
  const { random, definitions } = maker
  const { id: _id, ...rest } = maker.resource(type)
  const sound: JsonObject = { ...rest, ...(id !== undefined && { id }) }
  const resource = random.chance(0.7) ? mutated(sound, random) : sound
  const text = JSON.stringify(resource)
  return random.weighted<() => Body>([
    [5, () => ({ contentType: json, payload: text })],
    [4, () => ({ contentType: json, payload: mutateText(text, random) })],
    [1, () => ({ contentType: json, payload: mutateBytes(text, random) })],
    [2, () => ({ contentType: json, payload: random.pick(specialJson)(text, random) })],
    [2, () => ({ contentType: xml, payload: mutateText(toXml(sound, definitions), random) })],
    [1, () => ({ contentType: xml, payload: random.pick(specialXml)(toXml(sound, definitions), random) })],
    [1, () => ({ contentType: random.pick(contentTypes), payload: text })],
  ])()
}

const contentTypes = [
  ...['text/plain', 'application/json', 'application/xml', 'text/xml', 'application/fhir+turtle', 'x', '', 'a/b;c'],
  ...['application/fhir+json; charset=utf-16', 'application/fhir+json; fhirVersion=3.0', 'multipart/form-data', '*/*'],
]

/** Changes in its structure, or something hostile in the place of one of its strings. */
export function mutated(resource: JsonObject, random: Random): JsonObject {
  let result = resource
  for (let i = 1 + random.below(2); i > 0; i--) {
    result = random.chance(0.5) ? mutate(result, random.next) : withFragment(result, random)
  }
  return result
}

/** Values that JavaScript takes for something else, or cannot make a text of. */
export const oddValues: readonly JsonValue[] = [
  ...[{ toString: 1 }, { toJSON: 1, valueOf: 1 }, { length: 3 }, JSON.parse('{"__proto__":{"a":1}}')],
  ...[[], [[]], [null], {}, null, true, 0, -0, 1e300, ['a', 'b'], { resourceType: 'Patient' }, { rawJSON: '1' }],
  ...['1.00', '1e400', '-0.0', '9'.repeat(40)].map((digits) => JSON.rawJSON(digits) as unknown as RawNumber),
]

function withFragment(resource: JsonObject, random: Random): JsonObject {
  const copy = copyJson(resource)
  const places = containers(copy).flatMap((place) => Object.keys(place).map((key) => [place, key] as const))
  const texts = places.filter(
    ([place, key]) => typeof (place as JsonObject)[key] === 'string' && key !== 'resourceType',
  )
  if (texts.length === 0) return copy
  const [place, key] = random.pick(texts)
  ;(place as JsonObject)[key] = random.chance(0.75) ? fragment(random) : random.pick(oddValues)
  return copy
}

function containers(value: JsonValue): object[] {
  if (Array.isArray(value)) return [value, ...value.flatMap(containers)]
  return isJsonObject(value) ? [value, ...Object.values(value).flatMap(containers)] : []
}

type Special = (text: string, random: Random) => string

const specialJson: readonly Special[] = [
  (text) => text.replace('{', '{"__proto__":{"polluted":1},'),
  (text) => text.replace('{', '{"constructor":{"prototype":{}},'),
  (text) => text.replace('{', '{"resourceType":"Patient",'),
  (text, random) => `${'['.repeat(random.below(5000))}${text}`,
  (text, random) => text.replace('{', `{"extension":${'{"extension":['.repeat(random.below(200))}1,`),
  (text) => `${text}${text}`,
  (text) => `\ufeff${text}`,
  (text) => text.replaceAll(/"(\w)/g, "'$1"),
  (text) => text.replace('{', '{"a":1e999,"b":-0,"c":1.00000000000000000000000000000000001,'),
  (text) => text.replace('{', '{"\\u0000":1,"\\ud800":2,'),
  () => '',
  () => 'null',
  () => '[]',
  () => '"text"',
  () => '{}',
  () => '{"resourceType":["Patient"]}',
  () => '{"resourceType":{"a":1}}',
]

const specialXml: readonly Special[] = [
  (text) => `<!DOCTYPE x [<!ENTITY a "b">]>${text}`,
  (text) => `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${text.replace('>', '>&a;')}`,
  (text) => text.replace('xmlns="http://hl7.org/fhir"', ''),
  (text) => text.replace('xmlns="http://hl7.org/fhir"', 'xmlns="urn:other"'),
  (text, random) => text.replace('>', `>${'<extension>'.repeat(random.below(500))}`),
  (text) => text.replace(/value="[^"]*"/, 'value="&unknown;"'),
  (text) => text.replace(/value="[^"]*"/, 'value="&#0;&#xd800;"'),
  (text) => `<?xml version="1.1" encoding="utf-16"?>${text}`,
  (text) => text.replace('>', '><![CDATA[x]]><?php x ?><!-- -- -->'),
  () => '<',
  () => '<a/>',
]
