/** Fixed values, patterns and bounds. https://hl7.org/fhir/R4/elementdefinition.html */
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject, isRawNumber, numberText } from '../../json.ts'
import type { ElementNode, Profile } from './element-tree.ts'
import { quantityInUnit } from './units.ts'
import type { Item, Visit } from './visit.ts'
import { tell } from './visit.ts'

export type ItemCheck = (visit: Visit, item: Item) => void

/** The value that an element definition states under `fixed[x]`, `pattern[x]`, `minValue[x]` or `maxValue[x]`. */
export function stated(definition: JsonObject, prefix: string): JsonValue | undefined {
  for (const key in definition) {
    if (key.startsWith(prefix) && /^[A-Z]/.test(key.slice(prefix.length))) return definition[key]
  }
  return undefined
}

/** Checks of a primitive or complex value on its own. */
export function valueChecks(node: ElementNode, profile: Profile): ItemCheck[] {
  const { definition } = node
  const fixed = stated(definition, 'fixed')
  const pattern = stated(definition, 'pattern')
  const checks: ItemCheck[] = []
  if (fixed !== undefined) checks.push(mustBe(node, profile, fixed, 'fixed', equals))
  if (pattern !== undefined) checks.push(mustBe(node, profile, pattern, 'pattern', matchesPattern))
  for (const bound of ['minValue', 'maxValue'] as const) {
    const limit = stated(definition, bound)
    if (limit !== undefined) checks.push(bounded(node, profile, limit, bound))
  }
  const longest = definition['maxLength']
  if (typeof longest === 'number') checks.push(lengthCheck(node, profile, longest, 'maxLength'))
  const shortest = minLengthOf(definition)
  if (shortest !== undefined) checks.push(lengthCheck(node, profile, shortest, 'minLength'))
  return checks
}

function mustBe(
  node: ElementNode,
  profile: Profile,
  expected: JsonValue,
  rule: string,
  holds: (value: JsonValue, expected: JsonValue) => boolean,
): ItemCheck {
  return (visit, { value }) => {
    if (value !== undefined && holds(value, expected)) return
    const params = { element: node.name, expected: expectation(rule, expected) }
    tell(visit, 'fixed-value', params, { rule, profile })
  }
}

function expectation(rule: string, expected: JsonValue): string {
  const part = rule === 'pattern' && isJsonObject(expected)
  return part ? `one that has ${shown(expected)}` : shown(expected)
}

/** A value as messages show it. */
export function shown(value: JsonValue): string {
  const json = typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return json.length > 200 ? `${json.slice(0, 200)}…` : json
}

/** Equal in every part; numbers by their digits. */
export function equals(value: JsonValue, expected: JsonValue): boolean {
  if (isNumber(value) && isNumber(expected)) return sameNumber(value, expected)
  if (Array.isArray(value) && Array.isArray(expected)) {
    return value.length === expected.length && value.every((item, i) => equals(item, expected[i]!))
  }
  if (!isJsonObject(value) || !isJsonObject(expected)) return value === expected
  const keys = Object.keys(value).filter((key) => key !== 'id' || 'id' in expected)
  return keys.length === Object.keys(expected).length && keys.every((key) => isPart(value, expected, key, equals))
}

function isPart(
  value: JsonObject,
  expected: JsonObject,
  key: string,
  holds: (value: JsonValue, expected: JsonValue) => boolean,
): boolean {
  return value[key] !== undefined && expected[key] !== undefined && holds(value[key], expected[key])
}

/** What the pattern has, the value has too. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_ */
export function matchesPattern(value: JsonValue, pattern: JsonValue): boolean {
  if (Array.isArray(pattern)) {
    return Array.isArray(value) && pattern.every((item) => value.some((one) => matchesPattern(one, item)))
  }
  if (!isJsonObject(pattern)) return equals(value, pattern)
  return isJsonObject(value) && Object.keys(pattern).every((key) => isPart(value, pattern, key, matchesPattern))
}

function isNumber(value: JsonValue) {
  return typeof value === 'number' || isRawNumber(value)
}

function sameNumber(a: JsonValue, b: JsonValue): boolean {
  return Number(digits(a)) === Number(digits(b))
}

function digits(value: JsonValue): string {
  return numberText(value as number)
}

const signs = { minValue: -1, maxValue: 1 } as const
const words = { minValue: 'at least', maxValue: 'at most' } as const

function bounded(node: ElementNode, profile: Profile, limit: JsonValue, rule: keyof typeof signs): ItemCheck {
  return (visit, { value }) => {
    const order = value === undefined ? undefined : compare(value, limit)
    if (order === undefined || order * signs[rule] <= 0) return
    tell(visit, 'fixed-value', { element: node.name, expected: `${words[rule]} ${shown(limit)}` }, { rule, profile })
  }
}

/** Negative, zero or positive; undefined where the two cannot be compared. */
export function compare(a: JsonValue, b: JsonValue): number | undefined {
  if (isNumber(a) && isNumber(b)) return Number(digits(a)) - Number(digits(b))
  if (typeof a === 'string' && typeof b === 'string') {
    const length = Math.min(a.length, b.length)
    const [x, y] = [a.slice(0, length), b.slice(0, length)]
    return x < y ? -1 : x > y ? 1 : 0
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return undefined
  const converted = quantityInUnit(a, b)
  return converted === undefined || !isNumber(b['value'] ?? null) ? undefined : converted - Number(digits(b['value']!))
}

const minLength = 'http://hl7.org/fhir/StructureDefinition/minLength'

function minLengthOf({ extension }: JsonObject): number | undefined {
  for (const one of Array.isArray(extension) ? extension : []) {
    if (isJsonObject(one) && one['url'] === minLength) return one['valueInteger'] as number
  }
  return undefined
}

function lengthCheck(node: ElementNode, profile: Profile, limit: number, rule: 'minLength' | 'maxLength'): ItemCheck {
  const isLongest = rule === 'maxLength'
  return (visit, { value }) => {
    if (typeof value !== 'string' || (isLongest ? value.length <= limit : value.length >= limit)) return
    const expected = `${isLongest ? 'at most' : 'at least'} ${limit} characters long`
    tell(visit, 'fixed-value', { element: node.name, expected }, { rule, profile })
  }
}
