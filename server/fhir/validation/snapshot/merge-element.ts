/** One ElementDefinition of a differential put onto that of the base. https://hl7.org/fhir/R4/elementdefinition.html */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'

/** What the differential says replaces what the base says, but for these, of which there are more each time. */
const accumulated: Readonly<Record<string, (item: JsonValue) => string>> = {
  alias: (item) => JSON.stringify(item),
  condition: (item) => JSON.stringify(item),
  constraint: (item) => String(member(item, 'key')),
  example: (item) => JSON.stringify(item),
  extension: (item) => String(member(item, 'url')),
  mapping: (item) => `${member(item, 'identity')} ${member(item, 'map')}`,
}

/** One value of these, whatever its type: `fixedCode` replaces `fixedUri`. */
const choices = ['fixed', 'pattern', 'defaultValue', 'minValue', 'maxValue'] as const

/** The element with what the differential changes. */
export function mergeElement(base: JsonObject, change: JsonObject): JsonObject {
  const merged: JsonObject = { ...base }
  for (const stem of choices) {
    if (choiceKey(change, stem) !== undefined) delete merged[choiceKey(base, stem) ?? '']
  }
  for (const [key, value] of Object.entries(change)) {
    const keyOf = accumulated[key]
    merged[key] = keyOf ? accumulate(listOf(base[key]), listOf(value), keyOf) : replace(base[key], value, key)
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

/** Which limits of `base` the differential loosens. `isSlice`: each slice alone may be absent, even of a required element. */
export function looseningsOf(base: JsonObject, change: JsonObject, isSlice: boolean): readonly string[] {
  const min = change['min'] as number | undefined
  const max = change['max'] as string | undefined
  const least = base['min'] as number | undefined
  const most = base['max'] as string | undefined
  const mergedMin = min ?? least
  const mergedMax = max ?? most
  return [
    ...(!isSlice && min !== undefined && least !== undefined && min < least
      ? [`its minimum ${min} is below that of its base, ${least}`]
      : []),
    ...(max !== undefined && most !== undefined && limit(max) > limit(most)
      ? [`its maximum ${max} is above that of its base, ${most}`]
      : []),
    ...(mergedMin !== undefined && mergedMax !== undefined && mergedMin > limit(mergedMax)
      ? [`its minimum ${mergedMin} is above its maximum ${mergedMax}`]
      : []),
    ...foreignTypes(base, change).map((code) => `its type ${code} is none of its base's`),
    ...looserBinding(base['binding'], change['binding']),
    ...otherFixedValue(base, change),
  ]
}

/** Codes that a required binding excludes stay excluded. https://hl7.org/fhir/R4/terminologies.html#strength */
function looserBinding(before: JsonValue | undefined, after: JsonValue | undefined): readonly string[] {
  const strength = after === undefined ? undefined : member(after, 'strength')
  const isLooser = before !== undefined && member(before, 'strength') === 'required' && strength !== undefined
  return isLooser && strength !== 'required' ? [`its binding is ${strength}, that of its base is required`] : []
}

function otherFixedValue(base: JsonObject, change: JsonObject): readonly string[] {
  const [before, after] = [choiceKey(base, 'fixed'), choiceKey(change, 'fixed')]
  if (before === undefined || after === undefined) return []
  const [fixed, other] = [JSON.stringify(base[before]), JSON.stringify(change[after])]
  return fixed === other ? [] : [`its value is fixed to ${fixed} by its base, and cannot be ${other}`]
}

/** `*` is no limit. */
export function limit(max: string): number {
  return max === '*' ? Infinity : Number(max)
}

/** The types of an element by code. */
export function typeCodes(element: JsonObject): readonly string[] {
  return listOf(element['type']).map((type) => String(member(type, 'code')))
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function foreignTypes(base: JsonObject, change: JsonObject): readonly string[] {
  const allowed = new Set(typeCodes(base).map(plainType))
  if (allowed.size === 0 || abstractTypes.some((type) => allowed.has(type))) return []
  return typeCodes(change).filter((code) => !allowed.has(plainType(code)))
}

/** Elements of these may be narrowed to any type. */
const abstractTypes = ['Element', 'Resource', 'DomainResource', 'BackboneElement', '*'] as const

/** The ids and URLs of R4's own snapshots have FHIRPath's types: differentials say `string`, `id` or `uri`. */
function plainType(code: string): string {
  return /^(?:http:\/\/hl7\.org\/fhirpath\/System\.\w+|string|id|uri|code|xhtml)$/.test(code) ? 'string' : code
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

function member(value: JsonValue, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined
}
