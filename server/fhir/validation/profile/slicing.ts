/** Sorts the values of an element into its slices. https://hl7.org/fhir/R4/profiling.html#slicing */
import { spendFor } from '../../fhirpath/native/budget.ts'
import type { Found, Matcher } from './discriminators.ts'
import { describeSlice, finderOf, sliceMatcher } from './discriminators.ts'
import type { Discriminator, ElementNode, Profile } from './element-tree.ts'
import { checkItem } from './profile-check.ts'
import type { Item, Visit } from './visit.ts'
import { tell } from './visit.ts'

/** A step of the budget is for so many matches of a value with a slice. */
const matchCost = 128 / 16

export type SliceCheck = (visit: Visit, items: readonly Item[]) => void

interface Slice {
  readonly node: ElementNode
  readonly discriminators: readonly Discriminator[]
  readonly matches: Matcher | undefined
  readonly inner: SliceCheck | undefined
}

/** The check of an element's slices: how many there are, and what is in each. */
export function sliceCheck(_visit: Visit, node: ElementNode, profile: Profile): SliceCheck {
  const discriminators = node.slicing?.discriminators ?? impliedDiscriminators(node)
  const find = finderOf(discriminators)
  let slices: readonly Slice[] | undefined
  return (visit, items) => {
    slices ??= node.slices.map((slice) => compileSlice(visit, discriminators, slice, node, profile))
    const members = slices.map((): Item[] => [])
    const positions: (readonly number[])[] = []
    for (const item of items) {
      spendFor(visit.spend, slices.length * matchCost)
      const matched = positionsOf(visit, slices, find(visit, item))
      for (const position of matched) members[position]!.push(item)
      positions.push(matched)
    }
    reportUnsliced(visit, node, profile, items, positions)
    if (items.length > 0) reportUntold(visit, slices, node, profile)
    for (const [i, slice] of slices.entries()) checkSlice(visit, slice, members[i]!, node, profile)
  }
}

function compileSlice(
  visit: Visit,
  discriminators: readonly Discriminator[],
  slice: ElementNode,
  node: ElementNode,
  profile: Profile,
): Slice {
  const inner =
    slice.slices.length > 0
      ? sliceCheck(visit, { ...slice, slicing: slice.slicing ?? node.slicing }, profile)
      : undefined
  return { node: slice, discriminators, matches: sliceMatcher(visit, slice, profile, discriminators), inner }
}

/** Choices are sliced by type, extensions by url, where nothing else is said. */
function impliedDiscriminators({ path, types }: ElementNode): readonly Discriminator[] {
  if (types.some(({ code }) => code === 'Extension')) return [{ type: 'value', path: 'url' }]
  return path.endsWith('[x]') ? [{ type: 'type', path: '$this' }] : []
}

function positionsOf(visit: Visit, slices: readonly Slice[], found: Found): readonly number[] {
  let positions: number[] | undefined
  for (let i = 0; i < slices.length; i++) {
    if (slices[i]!.matches?.(visit, found)) positions = [...(positions ?? []), i]
  }
  return positions ?? nowhere
}

const nowhere: readonly number[] = []

function reportUnsliced(
  visit: Visit,
  node: ElementNode,
  profile: Profile,
  items: readonly Item[],
  positions: readonly (readonly number[])[],
): void {
  const rules = node.slicing?.rules
  let last = 0
  let open = false
  items.forEach((item, i) => {
    const matched = positions[i]!
    const place = item.index < 0 ? [node.name] : [node.name, item.index]
    const report = (reason: string) =>
      tell(visit, 'slice-unknown', { element: node.name, reason }, { rule: 'slicing', profile }, ...place)
    if (matched.length > 1)
      report(`is in several slices: ${matched.map((one) => node.slices[one]!.sliceName).join(', ')}`)
    if (matched.length === 0) {
      if (rules === 'closed') report(`is in none of the slices that are allowed: ${namesOf(node)}`)
      open = true
      return
    }
    if (rules === 'openAtEnd' && open) report('comes after one that is in no slice: those of slices come first')
    if (node.slicing?.ordered && matched[0]! < last) report(`is not in the order of the slices: ${namesOf(node)}`)
    last = Math.max(last, matched[0]!)
  })
}

/** A slice that nothing tells apart has no values: that is the profile's fault, and must be seen. */
function reportUntold(visit: Visit, slices: readonly Slice[], { name }: ElementNode, profile: Profile): void {
  for (const { node, matches } of slices) {
    if (matches) continue
    const reason = `Which of '${name}' are in the slice '${node.sliceName}' cannot be told: ${whyUntold(visit, node, profile)}.`
    tell(visit, 'rule-violated', { reason }, { severity: 'warning', rule: 'slicing', profile }, name)
  }
}

function whyUntold({ tools }: Visit, { types }: ElementNode, profile: Profile): string {
  const named = types.flatMap(({ profiles }) => profiles)
  const missing = named.find((canonical) => !tools.profiles.find(canonical, profile))
  return missing === undefined
    ? 'its profile fixes nothing where the discriminators point'
    : `${missing}, which would tell, is not known here: install its package`
}

function checkSlice(visit: Visit, slice: Slice, items: readonly Item[], sliced: ElementNode, profile: Profile): void {
  const { node, inner } = slice
  const count = items.length
  if (count < node.min || count > node.max) tellCount(visit, slice, count, sliced, profile)
  for (const item of items) checkItem(visit, item, node, profile)
  inner?.(visit, items)
}

function tellCount(visit: Visit, slice: Slice, count: number, { name }: ElementNode, profile: Profile): void {
  const { min, max, sliceName = '' } = slice.node
  const which = describeSlice(visit, { node: slice.node, profile }, slice.discriminators)
  const params = { element: name, slice: sliceName, which, count }
  if (count < min) tell(visit, 'slice-missing', { ...params, min }, { rule: 'min', profile }, name)
  else tell(visit, 'slice-excess', { ...params, max }, { rule: 'max', profile }, name)
}

const mostNames = 20

function namesOf({ slices }: ElementNode): string {
  const names = slices.slice(0, mostNames).map(({ sliceName }) => sliceName)
  return `${names.join(', ')}${slices.length > mostNames ? ', …' : ''}`
}
