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
  /** The texts that the expression compares elements of a name with. */
  readonly compared: ReadonlyMap<string, readonly string[]>
  /** How many of the named elements are left out. */
  readonly absence: number
}

const dates = ['2020', '2020-02', '2020-02-29', '2020-03-01', '2019-12-31']
const times = [
  '2020-02-29T10:00:00Z',
  '2020-02-29T11:00:00+01:00',
  '2020-02-29T10:00:00.5Z',
  '2020-02-28T12:00:00-05:00',
]
const plainTexts = ['a', 'b', 'a.b', '#', '#a', '*', '1', '-1', 'http://a/_history/1', 'http://unitsofmeasure.org']
/** A number as CLIA and one as NAIC gives them out. */
const identifiers = ['11D7654321', '54321']
const kinds = ['Patient/a', 'Practitioner/a', 'Organization/a', '#a']
const numbers = ['0', '1', '2', '1.0', '1.50', '101', '-3']
const contained = ['Patient', 'Group', 'Composition', 'MessageHeader', 'Practitioner', 'Organization']
const deepest = 6

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
  const literals = Array.from(expression.matchAll(/'([^'\\]+)'/g), (found) => found[1]!)
  const all = [...literals, ...literals, ...plainTexts, ...identifiers]
  // Of few texts some are alike.
  const texts = Array.from({ length: 6 }, () => oneOf(random, all))
  const absence = oneOf(random, [0.05, 0.35, 0.7])
  return object({ definitions, random, names, texts, compared: comparedTexts(expression), absence }, type, 0)
}

function comparedTexts(expression: string): ReadonlyMap<string, readonly string[]> {
  const compared = new Map<string, string[]>([['reference', [...kinds]]])
  for (const [, name, list] of expression.matchAll(/(\w+)\s*(?:!?=|in)\s*\(?((?:'[^']+'[ |]*)+)/g)) {
    const texts = Array.from(list!.matchAll(/'([^']+)'/g), (found) => found[1]!)
    compared.set(name!, [...(compared.get(name!) ?? []), ...texts])
  }
  return compared
}

function object(maker: Maker, type: string, level: number): JsonObject {
  const { definitions, random, names, absence } = maker
  const made: JsonObject = definitions.isResourceType(type) ? { resourceType: type } : {}
  const decided = new Set<string>()
  for (const property of shuffled([...(definitions.properties(type)?.values() ?? [])], random)) {
    const { name, element } = property
    if ((!names.has(element.name) && !names.has(name)) || decided.has(element.name)) continue
    if (level >= deepest && !property.primitive) continue
    decided.add(element.name)
    if (random() >= absence + level / 12) add(maker, made, property, level)
  }
  return made
}

function add(maker: Maker, made: JsonObject, property: Property, level: number): void {
  const { random } = maker
  const { name, many, primitive } = property
  const values = Array.from({ length: many ? 1 + Math.floor(random() * 3) : 1 }, () => value(maker, property, level))
  const sibling = { extension: [{ url: 'http://example.org/reason', valueCode: 'unknown' }] }
  // Ids of elements and resources are texts alone.
  const withSibling = primitive && name !== 'id' && random() < 0.1
  if (withSibling) made[`_${name}`] = many ? values.map(() => sibling) : sibling
  else made[name] = many ? values : values[0]!
}

function value(maker: Maker, { name, type: { code }, primitive }: Property, level: number): JsonValue {
  const { random, texts, compared } = maker
  if (primitive) return valuesByType[code]?.(maker) ?? oneOf(random, (random() < 0.6 && compared.get(name)) || texts)
  return object(maker, code === 'Resource' ? oneOf(random, contained) : code, level + 1)
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}
