/** What a differential says that its base does not allow. https://hl7.org/fhir/R4/profiling.html */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { quotable } from '../../json-value.ts'
import { equals, matchesPattern } from '../profile/values.ts'
import { choiceKey, limit, typeCodes } from './merge-element.ts'

/** Each with what to change. `isSlice`: each slice alone may be absent, even of a required element. */
export function contradictionsOf(base: JsonObject, change: JsonObject, isSlice: boolean): readonly string[] {
  return checks.flatMap((check) => check(base, change, isSlice) ?? [])
}

type Check = (base: JsonObject, change: JsonObject, isSlice: boolean) => string | readonly string[] | undefined

const checks: readonly Check[] = [
  ({ min: least }, { min }, isSlice) => {
    if (isSlice || typeof min !== 'number' || typeof least !== 'number' || min >= least) return undefined
    return `its minimum ${min} is below that of its base: say at least ${least}`
  },
  ({ max: most }, { max }) => {
    if (typeof max !== 'string' || typeof most !== 'string' || limit(max) <= limit(most)) return undefined
    return `its maximum ${max} is above that of its base: say at most ${most}`
  },
  (base, change) => {
    const min = change['min'] ?? base['min']
    const max = change['max'] ?? base['max']
    if (typeof min !== 'number' || typeof max !== 'string' || min <= limit(max)) return undefined
    return `its minimum ${min} is above its maximum ${max}: change one of them`
  },
  (base, change) => {
    const allowed = typeCodes(base)
    const foreign = foreignTypes(allowed, typeCodes(change))
    const choice = [...new Set(allowed)].join(' or ')
    return foreign.map((code) => `its type ${code || 'without a code'} is none of its base's: say ${choice}`)
  },
  ({ binding: before }, { binding: after }) => {
    const strength = isJsonObject(after) ? after['strength'] : undefined
    const isRequired = isJsonObject(before) && before['strength'] === 'required'
    if (!isRequired || strength === undefined || strength === 'required') return undefined
    return `its binding is ${quotable(strength)}, and required by its base: say required`
  },
  (base, change) => otherValue(base, change),
]

/** What is fixed stays so, and a pattern may only have more. */
function otherValue(base: JsonObject, change: JsonObject): string | undefined {
  const fixed = member(base, 'fixed')
  const pattern = member(base, 'pattern')
  const [otherFixed, otherPattern] = [member(change, 'fixed'), member(change, 'pattern')]
  const other = otherFixed ?? otherPattern
  if (fixed !== undefined && otherFixed !== undefined && !equals(otherFixed, fixed)) {
    return `its base fixes it to ${quoted(fixed)}: leave ${quoted(otherFixed)} out`
  }
  if (pattern !== undefined && other !== undefined && !matchesPattern(other, pattern)) {
    return `its base's pattern is ${quoted(pattern)}: keep what that has in ${quoted(other)}`
  }
  return undefined
}

function member(element: JsonObject, stem: string): JsonValue | undefined {
  return element[choiceKey(element, stem) ?? '']
}

function quoted(value: JsonValue): string {
  const text = quotable(value)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function foreignTypes(allowed: readonly string[], codes: readonly string[]): readonly string[] {
  if (allowed.length === 0 || allowed.some((code) => widest.test(code))) return []
  const known = new Set(allowed)
  return codes.filter((code) => !known.has(code))
}

/**
 * Elements of these may be narrowed to any type. R4's snapshots type ids, URLs and values with FHIRPath's types, where
 * differentials say `string` or `uri`.
 */
const widest = /^(?:Element|Resource|DomainResource|BackboneElement|\*|http:\/\/hl7\.org\/fhirpath\/System\.\w+)$/
