/** Search paths that only the full FHIRPath engine can follow. https://hl7.org/fhir/R4/fhirpath.html */
import type { Definitions, Property } from '../definitions.ts'
import { compile, createMeter, type Found, type Location, mostSteps } from '../fhirpath.ts'
import { isRawNumber, type JsonObject, type JsonValue } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import type { Extract, PathCompiler } from './path.ts'

interface TypedValue {
  readonly value: JsonValue
  readonly type: string
}

interface Computed {
  readonly values: readonly TypedValue[]
  readonly tooCostly: boolean
}

/**
 * Every write evaluates every expression, whoever stored it: each may take as many steps as reading the resource several
 * times does, about half a millisecond for a small one.
 */
const stepsForResource = 2000
/** A composite is evaluated on many parts. */
const stepsForPart = 200
const stepsForValue = 20

/** Compiles expressions for the engine; throws `OutcomeError` for what it cannot read. */
export function computedValues(definitions: Definitions): PathCompiler['fallback'] {
  return (expression, type): Extract => {
    const options = definitions.isResourceType(type) ? {} : { base: type }
    compile(expression, options)
    // Several steps of the index ask for the values of one resource.
    const known = new WeakMap<JsonObject, Computed>()
    return (node, visit, tooCostly) => {
      const computed = known.get(node) ?? compute(expression, options, type, node, definitions)
      known.set(node, computed)
      for (const { value, type } of computed.values) visit(value, type)
      if (computed.tooCostly) tooCostly?.()
    }
  }
}

/**
 * A resource on which an expression fails, or takes too many steps, has no value: storing it must not depend on who
 * defined which parameter.
 */
function compute(
  expression: string,
  options: { base?: string },
  type: string,
  node: JsonObject,
  definitions: Definitions,
): Computed {
  const limit = Math.min(mostSteps, (options.base ? stepsForPart : stepsForResource) + stepsForValue * valuesIn(node))
  const spend = createMeter(limit)
  let taken = 0
  const meter = (steps: number) => {
    taken += steps
    spend(steps)
  }
  try {
    const found = compile(expression, { ...options, meter }).find(node)
    return { values: found.flatMap((item) => typedValue(item, type, node, definitions) ?? []), tooCostly: false }
  } catch (error) {
    if (error instanceof OutcomeError) return { values: [], tooCostly: taken > limit }
    throw error
  }
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return 1
  let count = 1
  for (const key in value) count += valuesIn((value as Record<string, unknown>)[key])
  return count
}

function typedValue({ value, location }: Found, type: string, node: JsonObject, definitions: Definitions) {
  if (value === undefined || value === null) return undefined
  const located = location && valueAt(location, type, node, definitions)
  return located ?? { value: value as JsonValue, type: computedType(value) }
}

/** Follows a place through the definitions: its names are those of elements, JSON's of choices have a type besides. */
function valueAt(location: Location, type: string, node: JsonObject, definitions: Definitions): TypedValue | undefined {
  let value: JsonValue | undefined = node
  let valueType = type
  for (const { name, index } of location) {
    const property = propertyAt(value as JsonObject, valueType, name, definitions)
    if (!property) return undefined
    const member: JsonValue | undefined = (value as JsonObject)[property.name]
    value = Array.isArray(member) ? member[index ?? 0] : member
    if (value === undefined || value === null) return undefined
    valueType = typeOfValue(value, property.type.code)
  }
  return { value, type: valueType }
}

function propertyAt(node: JsonObject, type: string, name: string, definitions: Definitions): Property | undefined {
  const properties = [...(definitions.properties(type)?.values() ?? [])]
  return properties.find((p) => (p.name === name || p.element.name === name) && node[p.name] !== undefined)
}

/** A contained resource or a Bundle's entry says itself what it is. */
function typeOfValue(value: JsonValue, declared: string): string {
  const own = declared === 'Resource' ? (value as JsonObject)['resourceType'] : undefined
  return typeof own === 'string' ? own : declared
}

function computedType(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number' || isRawNumber(value)) return 'decimal'
  return 'string'
}
