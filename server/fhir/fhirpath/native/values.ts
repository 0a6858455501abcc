/**
 * Collections as the native FHIRPath engine has them: nothing, an item, or a list of items. JSON stands for itself, so
 * that a path allocates nothing; only what JSON does not tell is wrapped. https://hl7.org/fhirpath/N1/#collections-1
 */
import type { JsonObject, JsonValue, RawNumber } from '../../json.ts'
import { isRawNumber, numberFromText } from '../../json.ts'
import type { Spend } from './budget.ts'

/**
 * A value with what its JSON does not tell: its type, or the `_` sibling of a primitive.
 * A class, because `instanceof` is a test that no JSON passes.
 */
export class Element {
  /** Undefined for a primitive that has only an id or extensions. */
  readonly value: Plain | undefined
  readonly type: string
  readonly sibling: JsonObject | undefined

  constructor(value: Plain | undefined, type: string, sibling?: JsonObject) {
    this.value = value
    this.type = type
    this.sibling = sibling
  }
}

/** A value as JSON has it. */
export type Plain = string | number | boolean | RawNumber | JsonObject
/** One value of a collection. */
export type Item = Plain | Element
/** Lists have no nulls; one may have a single item. */
export type Value = Item | readonly Item[] | undefined

/** What an evaluation is given by its caller. https://hl7.org/fhir/R4/fhirpath.html#variables */
export interface NativeEnvironment {
  readonly resource: JsonObject
  readonly rootResource: JsonObject
  readonly resolve?: (reference: string) => JsonObject | undefined
  readonly memberOf?: (value: JsonValue, valueSet: string) => boolean | undefined
  readonly conformsTo?: (value: JsonValue, profile: string) => boolean | undefined
  /** Called now and then in what may take long; throws a FhirPathBudgetError when there is no more time. */
  readonly spend: Spend
  /** The present as an instant, for `now()` and `today()`. */
  readonly now?: string
}

/** The state of one evaluation. */
export interface Scope {
  readonly environment: NativeEnvironment
  readonly context: Value
  index: number
  total: Value
  variables: Map<string, Value> | undefined
}

/** An evaluation that has no result: the expression does not apply to this resource. */
export class EvaluationFault extends Error {}

/** Made once: finding out where it was thrown costs more than most evaluations. */
export const fault = new EvaluationFault('the expression does not apply')

const none: readonly Item[] = []

/** The items as a list. */
export function itemsOf(value: Value): readonly Item[] {
  if (value === undefined) return none
  return Array.isArray(value) ? (value as readonly Item[]) : [value as Item]
}

/** True for a list of items, which may have one. */
export function isList(value: Value): value is readonly Item[] {
  return Array.isArray(value)
}

/** How many items there are. */
export function countOf(value: Value): number {
  if (value === undefined) return 0
  return isList(value) ? value.length : 1
}

/** A list in its plainest form. */
export function collected(list: readonly Item[]): Value {
  if (list.length === 0) return undefined
  return list.length === 1 ? list[0] : list
}

/** The only item; a fault where there are several. */
export function single(value: Value): Item | undefined {
  if (!isList(value)) return value
  if (value.length > 1) throw fault
  return value[0]
}

/** The value itself, without type and sibling. */
export function plain(item: Item | undefined): Plain | undefined {
  return item instanceof Element ? item.value : item
}

/** True for an item that has a value, and no elements but id and extensions. */
export function isPrimitive(item: Item): boolean {
  const own = plain(item)
  return own !== undefined && (typeof own !== 'object' || isRawNumber(own))
}

/** Singleton evaluation: an item that is no boolean counts as true. https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections */
export function truth(value: Value): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  const item = single(value)
  if (item === undefined) return undefined
  const own = plain(item)
  return typeof own === 'boolean' || own === undefined ? own : true
}

/** The text of a single item; undefined for none, a fault for anything else. */
export function textOf(value: Value): string | undefined {
  if (typeof value === 'string' || value === undefined) return value
  const own = plain(single(value))
  if (own !== undefined && typeof own !== 'string') throw fault
  return own
}

/** The number of a single item; undefined for none, a fault for anything else. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number' || value === undefined) return value
  const own = plain(single(value))
  if (own === undefined || typeof own === 'number') return own
  if (!isRawNumber(own)) throw fault
  return Number(own.rawJSON)
}

/** A number from digits with a sign or zeros before them, as no number in JSON has them. */
export function numberFromDigits(digits: string): number | RawNumber {
  return numberFromText(digits.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1'))
}

/** Adds the items of `value` to `list`. */
export function append(list: Item[], value: Value): void {
  if (value === undefined) return
  if (!isList(value)) list.push(value)
  else for (const item of value) list.push(item)
}
