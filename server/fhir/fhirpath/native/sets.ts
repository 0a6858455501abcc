/** Collections as sets. https://hl7.org/fhirpath/N1/#collections and https://hl7.org/fhirpath/N1/#combining */
import type { Spend } from './budget.ts'
import { spendForItems } from './budget.ts'
import { keyOf } from './comparison.ts'
import type { Compiled } from './compiled.ts'
import type { Types } from './types.ts'
import { anyType, familyOf, onlyType, typeOf } from './types.ts'
import type { Item, Scope, Value } from './values.ts'
import { append, collected, countOf, Element, isList, itemsOf } from './values.ts'

/** The items of both, in a list of its own. */
type Combine = (left: Value, right: Value, spend: Spend) => Item[]

/** Items of two expressions together, which must tell their types where these differ. */
export function together(left: Compiled, right: Compiled): { types: Types; of: Combine } {
  const same = onlyType(left.types) !== undefined && onlyType(left.types) === onlyType(right.types)
  const types = same ? left.types : [...new Set([...left.types, ...right.types])]
  const reduced = types.includes('') ? anyType : types
  return {
    types: reduced,
    of: (a, b, spend) => {
      const list: Item[] = []
      spendForItems(spend, countOf(a) + countOf(b))
      append(list, same ? a : telling(a, left.types))
      append(list, same ? b : telling(b, right.types))
      return list
    },
  }
}

/** The same items, each with its type where JSON does not tell it. */
export function telling(value: Value, types: Types): Value {
  const only = onlyType(types)
  if (value === undefined || only === undefined || only.startsWith('System.')) return value
  return isList(value) ? value.map((item) => tell(item, only)) : tell(value, only)
}

function tell(item: Item, type: string): Item {
  if (item instanceof Element || (typeof item === 'object' && 'resourceType' in item && item.resourceType === type)) {
    return item
  }
  return new Element(item, type)
}

/** `|` and `union()`. */
export function unionOf(left: Compiled, right: Compiled): Compiled {
  const { types, of } = together(left, right)
  return {
    types,
    run: (self, scope) =>
      distinct(of(left.run(self, scope), right.run(self, scope), scope.environment.spend), types, scope),
  }
}

/** The items without those that equal an earlier one. */
export function distinct(value: Value, types: Types, scope: Scope): Value {
  if (!isList(value)) return value
  const keys = new Set<string>()
  const list = value.filter((item) => {
    scope.environment.spend()
    const key = keyOf(item, types, scope.environment.spend)
    if (keys.has(key)) return false
    keys.add(key)
    return true
  })
  return collected(list)
}

/** True where no item equals another. */
export function isDistinct(value: Value, types: Types, scope: Scope): boolean {
  if (!isList(value)) return true
  const keys = new Set<string>()
  for (const item of value) {
    scope.environment.spend()
    const key = keyOf(item, types, scope.environment.spend)
    if (keys.has(key)) return false
    keys.add(key)
  }
  return true
}

/** The keys of all items. */
export function keysOf(value: Value, types: Types, scope: Scope): Set<string> {
  const keys = new Set<string>()
  for (const item of itemsOf(value)) {
    scope.environment.spend()
    keys.add(keyOf(item, types, scope.environment.spend))
  }
  return keys
}

/** Tells whether an item is in a collection, which is often a list of literals. */
export function inSet(set: Compiled): (item: Item, types: Types, self: Value, scope: Scope) => boolean {
  const texts = constantTexts(set)
  const { run } = set
  return (item, types, self, scope) => {
    if (texts && typeof item === 'string' && familyOf(typeOf(item, types)) === 'text') return texts.has(item)
    const value = run(self, scope)
    if (value === undefined) return false
    const key = keyOf(item, types, scope.environment.spend)
    for (const other of itemsOf(value)) {
      scope.environment.spend()
      if (keyOf(other, set.types, scope.environment.spend) === key) return true
    }
    return false
  }
}

function constantTexts({ constant, run, types }: Compiled): ReadonlySet<string> | undefined {
  if (!constant || onlyType(types) !== 'System.String') return undefined
  const value = run(undefined, undefined as never)
  return new Set(itemsOf(value).map(String))
}
