/**
 * Numbers concepts so that the transitive closure of their hierarchy is a list of ranges: a tree of first parents is
 * numbered parents first; what a concept has below it besides its own branch adds ranges.
 */
import { noConcepts, type Ranges, rangeOf, unite } from './ranges.ts'

/** Pairs of concepts, each by its index; further ones beyond `length` do not count. */
export interface Links {
  readonly children: ArrayLike<number>
  readonly parents: ArrayLike<number>
  readonly length: number
}

export interface Hierarchy {
  /** The number of each concept by its index, and back. */
  readonly numbers: Int32Array
  readonly indexes: Int32Array
  /** How many numbers the branch of each concept takes, itself included, by number. */
  readonly sizes: Int32Array
  /** Where what is below a concept is more than its branch: all of it and the concept itself, by number. */
  readonly wider: ReadonlyMap<number, Ranges>
}

/** The concept and all below it. */
export function withBelow({ sizes, wider }: Pick<Hierarchy, 'sizes' | 'wider'>, number: number): Ranges {
  return wider.get(number) ?? rangeOf(number, number + sizes[number]!)
}

/** Circles are cut where they are met first. */
export function placeConcepts(count: number, links: Links): Hierarchy {
  const all = listsBy(count, links.parents, links.children, links.length)
  const first = firstParents(count, links)
  const tree = treeOf(count, first)
  const { numbers, indexes, sizes } = numberTree(count, first, tree)
  return { numbers, indexes, sizes, wider: widen(all, numbers, indexes, sizes) }
}

/** Concepts that lie below each other: each below the next, the last below the first. Empty where there are none. */
export function circleIn(count: number, { children, parents, length }: Links): number[] {
  const below = listsBy(count, parents, children, length)
  const above = listsBy(count, children, parents, length)
  const open = Int32Array.from({ length: count }, (_, i) => above.starts[i + 1]! - above.starts[i]!)
  const queue = new Int32Array(count)
  let end = 0
  for (let index = 0; index < count; index++) if (open[index] === 0) queue[end++] = index
  for (let i = 0; i < end; i++) {
    const index = queue[i]!
    for (let k = below.starts[index]!; k < below.starts[index + 1]!; k++) {
      if (--open[below.values[k]!]! === 0) queue[end++] = below.values[k]!
    }
  }
  const first = end === count ? -1 : open.findIndex((left) => left > 0)
  return first < 0 ? [] : walkUp(first, above, open)
}

/** From a concept that has open ones above it without end. */
function walkUp(first: number, above: Lists, open: Int32Array): number[] {
  const walked: number[] = []
  for (let index = first; ; ) {
    const before = walked.indexOf(index)
    if (before >= 0) return walked.slice(before)
    walked.push(index)
    const parents = above.values.subarray(above.starts[index]!, above.starts[index + 1]!)
    index = parents.find((parent) => open[parent]! > 0)!
  }
}

/** Lists of values by key, one after another: those of `key` are from `starts[key]` to `starts[key + 1]`. */
export interface Lists {
  readonly starts: Int32Array
  readonly values: Int32Array
}

/** The values of each key, in the order in which they come. */
export function listsBy(count: number, keys: ArrayLike<number>, values: ArrayLike<number>, length: number): Lists {
  const starts = new Int32Array(count + 1)
  for (let i = 0; i < length; i++) starts[keys[i]! + 1]!++
  for (let key = 0; key < count; key++) starts[key + 1]! += starts[key]!
  const next = starts.slice()
  const sorted = new Int32Array(length)
  for (let i = 0; i < length; i++) sorted[next[keys[i]!]!++] = values[i]!
  return { starts, values: sorted }
}

function firstParents(count: number, { children, parents, length }: Links): Int32Array {
  const first = new Int32Array(count).fill(-1)
  for (let i = 0; i < length; i++) {
    const child = children[i]!
    if (first[child] === -1 && parents[i] !== child) first[child] = parents[i]!
  }
  return first
}

function treeOf(count: number, first: Int32Array): Lists {
  const linked = Int32Array.from({ length: count }, (_, i) => i).filter((child) => first[child] !== -1)
  return listsBy(
    count,
    linked.map((child) => first[child]!),
    linked,
    linked.length,
  )
}

function numberTree(count: number, first: Int32Array, tree: Lists) {
  const numbers = new Int32Array(count).fill(-1)
  const indexes = new Int32Array(count)
  const sizes = new Int32Array(count)
  let next = 0
  const placeBranch = (root: number) => {
    const stack = [root]
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (index < 0) sizes[numbers[~index]!] = next - numbers[~index]!
      else if (numbers[index] === -1) {
        numbers[index] = next
        indexes[next++] = index
        stack.push(~index)
        for (let i = tree.starts[index + 1]! - 1; i >= tree.starts[index]!; i--) stack.push(tree.values[i]!)
      }
    }
  }
  for (let index = 0; index < count; index++) if (first[index] === -1) placeBranch(index)
  // What is left hangs below itself.
  for (let index = 0; index < count; index++) if (numbers[index] === -1) placeBranch(index)
  return { numbers, indexes, sizes }
}

/** Goes through the concepts so that each comes after those below it. */
function widen({ starts, values }: Lists, numbers: Int32Array, indexes: Int32Array, sizes: Int32Array) {
  const wider = new Map<number, Ranges>()
  const at: Hierarchy = { numbers, indexes, sizes, wider }
  // 0: not met, 1: being walked, 2: done.
  const state = new Uint8Array(numbers.length)
  const finish = (index: number) => {
    const number = numbers[index]!
    const own = rangeOf(number, number + sizes[number]!)
    const below: Ranges[] = []
    for (let i = starts[index]!; i < starts[index + 1]!; i++) {
      const child = numbers[values[i]!]!
      if (wider.has(child) || child < number || child >= number + sizes[number]!) below.push(withBelow(at, child))
    }
    const all = below.length === 0 ? noConcepts : unite([own, ...below])
    if (all.length > 2 || (all.length === 2 && (all[0] !== own[0] || all[1] !== own[1]))) wider.set(number, all)
    state[index] = 2
  }
  for (let start = 0; start < numbers.length; start++) {
    const stack = state[start] === 0 ? [start] : []
    while (stack.length > 0) {
      const index = stack.at(-1)!
      if (state[index] === 0) {
        state[index] = 1
        for (let i = starts[index]!; i < starts[index + 1]!; i++) {
          if (state[values[i]!] === 0) stack.push(values[i]!)
        }
      } else {
        stack.pop()
        if (state[index] === 1) finish(index)
      }
    }
  }
  return wider
}
