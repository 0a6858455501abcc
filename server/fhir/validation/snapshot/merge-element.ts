/** One ElementDefinition of a differential put onto that of the base. https://hl7.org/fhir/R4/elementdefinition.html */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { quotable, setMember } from '../../json-value.ts'

/** What the differential says replaces what the base says, but for these, of which there are more each time. */
const accumulated: ReadonlyMap<string, (item: JsonValue) => string> = new Map([
  ['alias', quotable],
  ['condition', quotable],
  ['constraint', (item) => quotable(member(item, 'key'))],
  ['example', quotable],
  ['extension', (item) => quotable(member(item, 'url'))],
  ['mapping', (item) => `${quotable(member(item, 'identity'))} ${quotable(member(item, 'map'))}`],
])

/** One value of these, whatever its type: `fixedCode` replaces `fixedUri`. */
const choices = ['fixed', 'pattern', 'defaultValue', 'minValue', 'maxValue'] as const

/** The element with what the differential changes. */
export function mergeElement(base: JsonObject, change: JsonObject): JsonObject {
  const merged: JsonObject = { ...base }
  for (const stem of choices) {
    if (choiceKey(change, stem) !== undefined) delete merged[choiceKey(base, stem) ?? '']
  }
  for (const [key, value] of Object.entries(change)) {
    const keyOf = accumulated.get(key)
    setMember(merged, key, keyOf ? accumulate(listOf(base[key]), listOf(value), keyOf) : replace(base[key], value, key))
  }
  if (change['type'] !== undefined && base['contentReference'] !== undefined) settleReference(merged, change)
  return merged
}

/** Types take the place of a reference, but for the type that the element referred to has in any case. */
function settleReference(merged: JsonObject, change: JsonObject): void {
  const isSame = typeCodes(change).every((code) => code === 'BackboneElement' || code === 'Element')
  delete merged[isSame ? 'type' : 'contentReference']
}

/** The member of a choice that an element has: `fixedCode` for `fixed`. */
export function choiceKey(element: JsonObject, stem: string): string | undefined {
  return Object.keys(element).find((key) => key.startsWith(stem) && /^[A-Z]/.test(key.slice(stem.length)))
}

/** `*` is no limit. */
export function limit(max: string): number {
  return max === '*' ? Infinity : Number(max)
}

/** The types of an element by code, which is empty where there is none. */
export function typeCodes(element: JsonObject): readonly string[] {
  return listOf(element['type']).map((type) => quotable(member(type, 'code')))
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function accumulate(
  before: readonly JsonValue[],
  more: readonly JsonValue[],
  keyOf: (item: JsonValue) => string,
): JsonValue[] {
  const changed = new Map(more.map((item) => [keyOf(item), item]))
  const kept = before.map((item) => changed.get(keyOf(item)) ?? item)
  const known = new Set(before.map(keyOf))
  return [...kept, ...more.filter((item) => !known.has(keyOf(item)))]
}

/** Text that begins with `...` goes on where the base's ends. */
function replace(before: JsonValue | undefined, value: JsonValue, key: string): JsonValue {
  if (key === 'slicing' && isJsonObject(value) && isJsonObject(before)) return { ...before, ...value }
  if (typeof value !== 'string' || typeof before !== 'string' || !value.startsWith('...')) return value
  return `${before}\n${value.slice(3)}`
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined
}
