/**
 * The checks that rules are made of: one or many, of primitive values, their `_` siblings, and complex elements.
 * https://hl7.org/fhir/R4/json.html#primitive
 */
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { checkElements } from './elements.ts'
import { narrativeFault } from './narrative.ts'
import type { PrimitiveRule } from './primitives.ts'
import { maxStringLength } from './primitives.ts'
import type { Check, TypeTable, Walk } from './walk.ts'
import { isFull, quoted, report, shapeOf } from './walk.ts'

/** A property: as it is spelled in JSON (`valueQuantity`), and as FHIRPath names its element (`value`). */
export interface Named {
  readonly name: string
  readonly element: string
}

/** A primitive type as one property uses it. */
export interface PrimitiveUse extends Named {
  readonly type: string
  readonly rule: PrimitiveRule
  /** The value set whose codes the rule accepts. */
  readonly valueSet?: string
  readonly codes?: ReadonlySet<unknown>
}

/** Checks an object at the walk's path: an element or a resource. */
export type CheckObject = (walk: Walk, object: JsonObject) => void

type Place = readonly (string | number)[]

export function onePrimitive(use: PrimitiveUse): Check {
  const { accepts } = use.rule
  return (walk, value) => {
    if (!accepts(value)) reportPrimitive(walk, use, value, [use.element])
  }
}

export function manyPrimitives(use: PrimitiveUse): Check {
  const { name, element } = use
  const { accepts } = use.rule
  const sibling = `_${name}`
  return (walk, value, parent) => {
    if (!isFilledArray(walk, value, name, element)) return
    for (let index = 0; index < value.length; index++) {
      const item = value[index]!
      if (accepts(item)) continue
      if (item !== null) reportPrimitive(walk, use, item, [element, index])
      else if (!isObjectAt(parent[sibling], index)) reportShape(walk, item, name, 'a value', [element, index])
      if (isFull(walk)) return
    }
  }
}

/** The markup of `Narrative.div`. */
export function oneNarrative(use: PrimitiveUse): Check {
  const checkPrimitive = onePrimitive(use)
  return (walk, value, parent) => {
    if (!use.rule.accepts(value)) return checkPrimitive(walk, value, parent)
    const fault = narrativeFault(value as string)
    if (fault) report(walk, 'invalid-value', { ...fault }, use.element)
  }
}

/** The id and extensions of a primitive value, or instead of one. */
export function oneSibling({ name, element }: Named, table: TypeTable): Check {
  return (walk, value, parent) => {
    if (!isObject(walk, value, `_${name}`, element)) return
    const depth = enter(walk, element)
    checkElements(walk, table, value, parent[name] !== undefined)
    walk.depth = depth
  }
}

/** The siblings of a list of primitive values, null where a value has none; trailing ones may be left out. */
export function manySiblings({ name, element }: Named, table: TypeTable): Check {
  const sibling = `_${name}`
  return (walk, value, parent) => {
    if (!isFilledArray(walk, value, sibling, element)) return
    const values = parent[name]
    const aligned = Array.isArray(values)
    if (aligned && value.length > values.length) {
      const expected = `no longer than '${name}' (${values.length})`
      report(walk, 'wrong-shape', { element: sibling, expected, actual: `an array of ${value.length}` }, element)
    }
    for (let index = 0; index < value.length && !isFull(walk); index++) {
      const item = value[index]!
      if (item === null && aligned) continue
      if (!isObject(walk, item, sibling, element, index)) continue
      const depth = enter(walk, element, index)
      checkElements(walk, table, item, aligned && (values[index] ?? null) !== null)
      walk.depth = depth
    }
  }
}

export function oneComplex({ name, element }: Named, checkObject: CheckObject): Check {
  return (walk, value) => {
    if (!isObject(walk, value, name, element)) return
    const depth = enter(walk, element)
    checkObject(walk, value)
    walk.depth = depth
  }
}

export function manyComplex({ name, element }: Named, checkObject: CheckObject): Check {
  return (walk, value) => {
    if (!isFilledArray(walk, value, name, element)) return
    for (let index = 0; index < value.length && !isFull(walk); index++) {
      const item = value[index]!
      if (!isObject(walk, item, name, element, index)) continue
      const depth = enter(walk, element, index)
      checkObject(walk, item)
      walk.depth = depth
    }
  }
}

/** Pushes the place of an object; returns the depth to go back to. */
function enter(walk: Walk, element: string, index?: number): number {
  const depth = walk.depth
  walk.path[depth] = element
  walk.depth = depth + 1
  if (index !== undefined) {
    walk.path[depth + 1] = index
    walk.depth = depth + 2
  }
  return depth
}

function isFilledArray(walk: Walk, value: JsonValue, name: string, element: string): value is JsonValue[] {
  if (!Array.isArray(value)) {
    reportShape(walk, value, name, 'an array', [element])
    return false
  }
  if (value.length === 0) report(walk, 'empty-value', { element: name }, element)
  return true
}

function isObject(walk: Walk, value: JsonValue, name: string, element: string, index?: number): value is JsonObject {
  if (isJsonObject(value)) return true
  reportShape(walk, value, name, 'an object', index === undefined ? [element] : [element, index])
  return false
}

function isObjectAt(list: JsonValue | undefined, index: number): boolean {
  return Array.isArray(list) && isJsonObject(list[index])
}

function reportShape(walk: Walk, value: JsonValue, element: string, expected: string, place: Place): void {
  if (value === null) report(walk, 'empty-value', { element }, ...place)
  else report(walk, 'wrong-shape', { element, expected, actual: shapeOf(value) }, ...place)
}

const jsonTypes = { string: 'a string', number: 'a number', boolean: 'a boolean' } as const

function reportPrimitive(walk: Walk, use: PrimitiveUse, value: JsonValue, place: Place): void {
  if (isFull(walk)) return
  const expected = jsonTypes[use.rule.json]
  if (value === '') report(walk, 'empty-value', { element: use.name }, ...place)
  else if (shapeOf(value) !== expected) reportShape(walk, value, use.name, expected, place)
  else if (use.valueSet) {
    const params = { code: quoted(`${value}`), valueSet: use.valueSet, allowed: allowedCodes(use.codes) }
    report(walk, 'unknown-code', params, ...place)
  } else report(walk, 'invalid-value', invalidValue(use.type, value), ...place)
}

/** As many as one takes in at a glance. */
const mostListed = 16

function allowedCodes(codes: ReadonlySet<unknown> = new Set()): string {
  if (codes.size === 0 || codes.size > mostListed) return ''
  const names = [...codes].map(String)
  const last = names.pop()!
  return ` It takes ${names.length === 0 ? last : `${names.join(', ')} or ${last}`}.`
}

function invalidValue(type: string, value: JsonValue): { value: string; type: string } {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const isTooLong = (type === 'string' || type === 'markdown') && text.length > maxStringLength
  return { value: quoted(text), type: isTooLong ? `${type}: it has over ${maxStringLength} characters` : type }
}
