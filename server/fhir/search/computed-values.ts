/** Search paths that only the full FHIRPath engine can follow. https://hl7.org/fhir/R4/fhirpath.html */
import type { Definitions, Property } from '../definitions.ts'
import { compile, createMeter, type Found, type Location } from '../fhirpath.ts'
import { isRawNumber, type JsonObject, type JsonValue } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import type { Extract, PathCompiler } from './path.ts'

/** Steps on one resource, of which a thousand take a fraction of a millisecond: every write of the type spends them. */
const mostSteps = 6000

interface TypedValue {
  readonly value: JsonValue
  readonly type: string
}

/** Compiles expressions for the engine; throws `OutcomeError` for what it cannot read. */
export function computedValues(definitions: Definitions): PathCompiler['fallback'] {
  return (expression, type): Extract => {
    const options = definitions.isResourceType(type) ? {} : { base: type }
    compile(expression, options)
    // Several steps of the index ask for the values of one resource.
    const known = new WeakMap<JsonObject, readonly TypedValue[]>()
    return (node, visit) => {
      const values = known.get(node) ?? typedValues(expression, options, type, node, definitions)
      known.set(node, values)
      for (const value of values) visit(value.value, value.type)
    }
  }
}

/** A resource on which an expression fails, or takes too long, has no value: storing it must not depend on who defined which parameter. */
function typedValues(
  expression: string,
  options: { base?: string },
  type: string,
  node: JsonObject,
  definitions: Definitions,
): readonly TypedValue[] {
  try {
    const found = compile(expression, { ...options, meter: createMeter(mostSteps) }).find(node)
    return found.flatMap((item) => typedValue(item, type, node, definitions) ?? [])
  } catch (error) {
    if (error instanceof OutcomeError) return []
    throw error
  }
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
