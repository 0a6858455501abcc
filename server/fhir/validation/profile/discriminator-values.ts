/** What the value at a discriminator's path must be like to be in a slice. */
import { isJsonObject } from '../../json.ts'
import { codingsOf, verdictNow } from './bindings.ts'
import { text } from './element-tree.ts'
import { childItems } from './items.ts'
import type { Placed } from './paths.ts'
import { members } from './paths.ts'
import { equals, matchesPattern, stated } from './values.ts'
import type { Item, Visit } from './visit.ts'

/** True where one of the values at the path is the slice's. */
export type ValuesTest = (visit: Visit, items: readonly Item[]) => boolean

/** A test from the element's fixed value, pattern, binding, slices or children; undefined where it states none. */
export function judgeable(visit: Visit, place: Placed): ValuesTest | undefined {
  return ownTest(place) ?? slicesTest(visit, place) ?? childrenTest(visit, place) ?? extensionTest(visit, place)
}

function ownTest({ node: { definition } }: Placed): ValuesTest | undefined {
  const fixed = stated(definition, 'fixed')
  if (fixed !== undefined) return anyOf(({ value }) => value !== undefined && equals(value, fixed))
  const pattern = stated(definition, 'pattern')
  if (pattern !== undefined) return anyOf(({ value }) => value !== undefined && matchesPattern(value, pattern))
  return bindingTest(definition['binding'])
}

function anyOf(holds: (item: Item, visit: Visit) => boolean): ValuesTest {
  return (visit, items) => items.some((item) => holds(item, visit))
}

function bindingTest(binding: unknown): ValuesTest | undefined {
  if (!isJsonObject(binding) || binding['strength'] !== 'required') return undefined
  const valueSet = text(binding['valueSet'])
  if (valueSet === '') return undefined
  return anyOf(({ value }, visit) =>
    codingsOf(value ?? null).some((code) => verdictNow(visit, { ...code, valueSet })?.result === 'in'),
  )
}

/** Slices that must be there tell as the element itself would. */
function slicesTest(visit: Visit, { node, profile }: Placed): ValuesTest | undefined {
  const required = node.slices.filter(({ min }) => min > 0)
  const tests = required.map((slice) => judgeable(visit, { node: slice, profile })).filter((test) => test !== undefined)
  if (tests.length === 0) return undefined
  return (inner, items) => tests.every((test) => test(inner, items))
}

function childrenTest(visit: Visit, place: Placed): ValuesTest | undefined {
  const tests: { readonly name: string; readonly test: ValuesTest }[] = []
  for (const [name, node] of place.node.children) {
    if (node.min === 0 && node.slices.length === 0) continue
    const test = ownTest({ node, profile: place.profile }) ?? childOf(visit, { node, profile: place.profile })
    if (test) tests.push({ name, test })
  }
  if (tests.length === 0) return undefined
  return (inner, items) =>
    items.some((item) => tests.every(({ name, test }) => test(inner, childItems(inner.tools.definitions, item, name))))
}

function childOf(visit: Visit, place: Placed): ValuesTest | undefined {
  return slicesTest(visit, place) ?? childrenTest(visit, place)
}

/** The url of an extension is in the extension's own definition. */
function extensionTest(visit: Visit, place: Placed): ValuesTest | undefined {
  if (place.node.types[0]?.code !== 'Extension') return undefined
  const tests = members(visit.tools.profiles, place, 'url').flatMap((url) => ownTest(url) ?? [])
  if (tests.length === 0) return undefined
  return (inner, items) =>
    items.some((item) => tests.some((test) => test(inner, childItems(inner.tools.definitions, item, 'url'))))
}
