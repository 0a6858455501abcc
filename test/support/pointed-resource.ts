/** Random values made of what an expression names: its elements, its texts, and dates and numbers close to each other. */
import type { Definitions, Property } from '../../server/fhir/definitions.ts'
import type { JsonObject, JsonValue } from '../../server/fhir/json.ts'
import { numberFromText } from '../../server/fhir/json.ts'
import { oneOf } from './random.ts'

interface Maker {
  readonly definitions: Definitions
  readonly random: () => number
  readonly names: ReadonlySet<string>
  readonly texts: readonly string[]
}

const dates = ['2020', '2020-02', '2020-02-29', '2020-03-01', '2019-12-31']
const times = [
  '2020-02-29T10:00:00Z',
  '2020-02-29T11:00:00+01:00',
  '2020-02-29T10:00:00.5Z',
  '2020-02-28T12:00:00-05:00',
]
const plainTexts = ['a', 'b', 'a.b', '#', '#a', '*', '1', '-1', 'http://a/_history/1', 'http://unitsofmeasure.org']
const numbers = ['0', '1', '2', '1.0', '1.50', '101', '-3']
const contained = ['Patient', 'Group', 'Composition', 'MessageHeader', 'Practitioner', 'Organization']
const deepest = 7

const valuesByType: Readonly<Record<string, (maker: Maker) => JsonValue>> = {
  boolean: ({ random }) => random() < 0.5,
  date: ({ random }) => oneOf(random, dates),
  dateTime: ({ random }) => oneOf(random, [...dates, ...times]),
  instant: ({ random }) => oneOf(random, times),
  time: ({ random }) => oneOf(random, ['10:00:00', '10:30:00']),
  decimal: ({ random }) => numberFromText(oneOf(random, numbers)) as JsonValue,
  integer: oneInteger,
  positiveInt: oneInteger,
  unsignedInt: oneInteger,
}

function oneInteger({ random }: Maker): number {
  return oneOf(random, [0, 1, 2, 101])
}

/** A value of a type; `path` leads to the element that the expression is about. */
export function pointedValue(
  type: string,
  expression: string,
  path: string,
  definitions: Definitions,
  random: () => number,
): JsonObject {
  const names = new Set(
    [...expression.replace(/'(?:\\.|[^'\\])*'/g, '').matchAll(/[A-Za-z_]\w*/g)].map(([name]) => name),
  )
  for (const name of path.split('.').slice(1)) names.add(name.replace('[x]', ''))
  if (names.has('reference') || names.has('descendants')) names.add('extension').add('value').add('subject')
  for (const name of ['value', 'code']) names.add(name)
  const texts = Array.from(expression.matchAll(/'([^'\\]+)'/g), (found) => found[1]!)
  return object({ definitions, random, names, texts: [...texts, ...texts, ...plainTexts] }, type, 0)
}

function object(maker: Maker, type: string, level: number): JsonObject {
  const { definitions, random, names } = maker
  const made: JsonObject = definitions.isResourceType(type) ? { resourceType: type } : {}
  const chosen = new Set<string>()
  for (const property of shuffled([...(definitions.properties(type)?.values() ?? [])], random)) {
    const { name, element } = property
    if ((!names.has(element.name) && !names.has(name)) || chosen.has(element.name) || random() < 0.35) continue
    if (level >= deepest && !property.primitive) continue
    chosen.add(element.name)
    add(maker, made, property, level)
  }
  return made
}

function add(maker: Maker, made: JsonObject, property: Property, level: number): void {
  const { random } = maker
  const { name, many, primitive } = property
  const values = Array.from({ length: many ? 1 + Math.floor(random() * 3) : 1 }, () => value(maker, property, level))
  const sibling = { extension: [{ url: 'http://example.org/reason', valueCode: 'unknown' }] }
  const withSibling = primitive && random() < 0.1
  if (withSibling) made[`_${name}`] = many ? values.map(() => sibling) : sibling
  if (!withSibling || random() < 0.5) made[name] = many ? values : values[0]!
}

function value(maker: Maker, { type: { code }, primitive }: Property, level: number): JsonValue {
  const { random, texts } = maker
  if (primitive) return valuesByType[code]?.(maker) ?? oneOf(random, texts)
  return object(maker, code === 'Resource' ? oneOf(random, contained) : code, level + 1)
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
