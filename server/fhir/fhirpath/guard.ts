/**
 * What an evaluation may cost and see. The library calls the guard after every step, which lets it stop runaway
 * expressions and remove what is not FHIR: members of JavaScript strings and of the library's own numbers.
 */
import { ExpressionError } from './expression-error.ts'

/** Spends steps; throws when there are none left. */
export type Spend = (steps: number) => void

/** A node of the library's syntax tree. */
export interface SyntaxNode {
  readonly type: string
  readonly text?: string
  readonly start?: { readonly line: number; readonly column: number }
  readonly children?: readonly SyntaxNode[]
}

/** What the library wraps every element in. */
export interface PathNode {
  readonly data: unknown
  readonly _data: unknown
  readonly parentResNode: PathNode | null
  readonly propName: string | null
  readonly index: number | null
  readonly path: string | null
}

export type Guard = (context: unknown, focus: readonly unknown[], result: unknown, node: SyntaxNode) => void

export const maxText = 10_000_000
const maxLong = 2n ** 63n
const maxUnit = 256

/** These compare each item with each other. */
const pairwise = new Set(['distinct', 'isDistinct', 'union', 'intersect', 'exclude', 'subsetOf', 'supersetOf', 'sort'])
/** These make an item, or several characters, of each character. */
const characterwise = new Set(['encode', 'decode', 'toChars', 'split', 'escape', 'unescape'])
const unitwise = new Set(['toQuantity', 'convertsToQuantity'])
const comparisons = new Set(['UnionExpression', 'EqualityExpression', 'InequalityExpression', 'MembershipExpression'])

/** True for an element in the library's wrapping, which alone has a parent. */
export function isPathNode(item: unknown): item is PathNode {
  return typeof item === 'object' && item !== null && 'parentResNode' in item
}

/** The value itself, out of the library's wrapping. */
export function unwrap(item: unknown): unknown {
  return isPathNode(item) ? item.data : item
}

/** A meter that starts at `limit` steps. */
export function createSpend(limit: number): Spend {
  let left = limit
  return (steps) => {
    left -= steps
    if (left < 0) throw new ExpressionError('the expression takes too many steps on this resource')
  }
}

/**
 * Tells the nodes whose results are about to be compared with each other; `tree` is the library's syntax tree. The tree
 * that is evaluated is another one, with the same nodes at the same places.
 */
export function comparedOperands(tree: SyntaxNode): (node: SyntaxNode) => boolean {
  const keys = new Set<string>()
  const visit = (node: SyntaxNode) => {
    const [called, parameters] = node.children?.[0]?.children ?? []
    const operands = comparisons.has(node.type)
      ? node.children
      : node.type === 'FunctionInvocation' && called?.text && pairwise.has(called.text)
        ? parameters?.children
        : undefined
    for (const operand of operands ?? []) keys.add(nodeKey(operand))
    for (const child of node.children ?? []) visit(child)
  }
  visit(tree)
  if (keys.size === 0) return () => false

  const known = new WeakMap<SyntaxNode, boolean>()
  return (node) => {
    let compared = known.get(node)
    if (compared === undefined) {
      compared = keys.has(nodeKey(node))
      known.set(node, compared)
    }
    return compared
  }
}

/** The guard of one evaluation. `isInternal` tells the library's own values (numbers, dates) from FHIR's. */
export function createGuard(
  spend: Spend,
  isCompared: (node: SyntaxNode) => boolean,
  isInternal: (value: unknown) => boolean,
): Guard {
  const weigh = weights(isInternal)
  return (_context, focus, result, node) => {
    if (node.type === 'Functn') return beforeCall(node.text ?? '', focus, spend)
    if (!Array.isArray(result)) return
    if (node.type === 'MemberInvocation') keepElements(result, isInternal)
    spend(1 + result.length + textSteps(result))
    if (isCompared(node)) spend(pairs(result) + sum(result, weigh))
  }
}

/** The library announces a call, with its input, before making it. */
function beforeCall(name: string, focus: readonly unknown[], spend: Spend): void {
  if (pairwise.has(name)) spend(pairs(focus))
  if (name === 'sort') spend(focus.length * 16)
  if (characterwise.has(name)) spend(sum(focus, (item) => textOf(item)?.length ?? 0))
  if (unitwise.has(name) && focus.some((item) => (textOf(item)?.length ?? 0) > maxUnit)) {
    throw new ExpressionError('the text is too long for a quantity')
  }
}

/** Removes, in place, what the library found in a JavaScript value and not in the resource: `Patient.id.length`. */
function keepElements(result: unknown[], isInternal: (value: unknown) => boolean): void {
  let kept = 0
  for (const item of result) if (isElement(item as PathNode, isInternal)) result[kept++] = item
  result.length = kept
}

function isElement(node: PathNode, isInternal: (value: unknown) => boolean): boolean {
  const { parentResNode: parent, propName: name } = node
  if (!parent || name === null) return true
  const inParent = typeof parent.data === 'object' && parent.data !== null && !isInternal(parent.data)
  const inherited = name in Object.prototype && !(inParent && Object.hasOwn(parent.data as object, name))
  if (inherited) return false
  return inParent || (typeof parent._data === 'object' && parent._data !== null && Object.hasOwn(parent._data, name))
}

function pairs(items: readonly unknown[]): number {
  return Math.ceil((items.length * items.length) / 8)
}

function textSteps(items: readonly unknown[]): number {
  return sum(items, (item) => {
    if (typeof item === 'bigint' && (item > maxLong || item < -maxLong))
      throw new ExpressionError('a Long number overflows')
    const length = textOf(item)?.length ?? 0
    if (length > maxText) throw new ExpressionError('a text is too long')
    return length >> 8
  })
}

function textOf(item: unknown): string | undefined {
  const value = unwrap(item)
  return typeof value === 'string' ? value : undefined
}

function sum(items: readonly unknown[], measure: (item: unknown) => number): number {
  let total = 0
  for (const item of items) total += measure(item)
  return total
}

/** Counts the values below an item: comparing two objects takes as long as they are large. */
function weights(isInternal: (value: unknown) => boolean): (item: unknown) => number {
  const known = new WeakMap<object, number>()
  const weigh = (value: unknown): number => {
    if (typeof value !== 'object' || value === null || isInternal(value)) return 1
    let weight = known.get(value)
    if (weight === undefined) {
      weight = 1 + sum(Object.values(value), weigh)
      known.set(value, weight)
    }
    return weight
  }
  return (item) => weigh(unwrap(item))
}

function nodeKey(node: SyntaxNode): string {
  return `${node.type} ${place(node, 0)} ${place(node, -1)}`
}

function place(node: SyntaxNode, side: 0 | -1): string {
  let found = node.start
  for (let child = node.children?.at(side); child; child = child.children?.at(side)) found = child.start ?? found
  return found ? `${found.line}:${found.column}` : ''
}
