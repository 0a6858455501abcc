/**
 * ElementDefinitions as a tree: children below their parent, slices beside the element that they slice.
 * https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'

/** An element, or a slice of one. Trees are built, merged into and written by one call of `snapshotOf`. */
export interface ElementNode {
  /** The last part of its path: `value[x]`. */
  readonly name: string
  readonly sliceName?: string
  /** Without id, path and sliceName. Undefined in a differential that only names elements below it. */
  element: JsonObject | undefined
  children: ElementNode[]
  /** Slices and slices of slices (`a/b`), in the order of the snapshot. */
  slices: ElementNode[]
  /** What a new slice takes its children from, once something is said of them. */
  template?: ElementNode
  /** Which element of the differential this is, or was changed by. */
  said: number | undefined
}

interface Step {
  readonly name: string
  readonly slice: string | undefined
}

/** How elements are read. */
export interface Reading {
  /** Whose they are: the source of the constraints that name none. */
  readonly url: string
  /** Whether the element of a path may have a slice of that name, as far as that can be told. */
  readonly mayHaveSlice?: (path: string, slice: string) => boolean
  /** Called where an element is listed again; the later one counts. */
  readonly onAgain?: (element: JsonObject) => void
}

/** How many elements may still be copied. */
export interface CopyBudget {
  left: number
}

/** Undefined where there are no elements. Each has a path; ids that name slices which there cannot be are left aside. */
export function treeOf(elements: readonly JsonObject[], reading: Reading): ElementNode | undefined {
  const first = elements[0]
  if (!first) return undefined
  const root = newNode({ name: pathOf(first).split('.')[0]!, slice: undefined })
  const index: NodeIndex = new Map()
  let before: readonly Step[] = []
  for (const [i, element] of elements.entries()) {
    const steps = stepsOf(element, before, reading)
    const node = nodeAt(root, steps, index)
    if (node.element) reading.onAgain?.(element)
    const { id: _id, path: _path, sliceName: _slice, ...rest } = element
    node.element = withSource(rest, reading.url)
    node.said = i
    before = steps
  }
  return root
}

/** Calls `visit` with every element in the order of a snapshot, with its id and path. */
export function walk(root: ElementNode, visit: (node: ElementNode, id: string, path: string) => void): void {
  const visitBelow = (node: ElementNode, idBefore: string, pathBefore: string) => {
    const path = `${pathBefore}${node.name}`
    const id = `${idBefore}${node.name}${node.sliceName === undefined ? '' : `:${node.sliceName}`}`
    visit(node, id, path)
    for (const child of node.children) visitBelow(child, `${id}.`, `${path}.`)
    for (const slice of node.slices) visitBelow(slice, idBefore, pathBefore)
  }
  visitBelow(root, '', '')
}

/** The elements of a tree as a snapshot lists them, with their ids and paths. */
export function elementsOf(root: ElementNode): JsonObject[] {
  const elements: JsonObject[] = []
  walk(root, (node, id, path) => {
    const named = node.sliceName !== undefined && { sliceName: node.sliceName }
    // An element may be listed by its slice alone.
    if (node.element) elements.push({ id, path, ...named, ...node.element })
  })
  return elements
}

/** A copy that can be merged into; the elements themselves are never changed, only replaced. Cut off where there is no budget. */
export function copyOf(node: ElementNode, budget: CopyBudget): ElementNode {
  budget.left--
  const { children, slices } = node
  return { ...node, said: undefined, children: copiesOf(children, budget), slices: copiesOf(slices, budget) }
}

/** As `copyOf`, of several. */
export function copiesOf(nodes: readonly ElementNode[], budget: CopyBudget): ElementNode[] {
  return budget.left > 0 ? nodes.map((node) => copyOf(node, budget)) : []
}

/** The node of a path such as `Observation.referenceRange`, slices left aside. */
export function nodeOfPath(root: ElementNode, path: string): ElementNode | undefined {
  return path
    .split('.')
    .slice(1)
    .reduce<ElementNode | undefined>((node, name) => node?.children.find((child) => child.name === name), root)
}

/**
 * Where an element stands. Its id says it completely; one that does not fit its path (old differentials have none) is left
 * aside: what follows a slice is then below that slice, as long as its path is.
 */
function stepsOf(element: JsonObject, before: readonly Step[], { mayHaveSlice }: Reading): readonly Step[] {
  const names = pathOf(element).split('.')
  const sliceName = element['sliceName'] as string | undefined
  const fromId = stepsOfId(element['id'], names)
  const isKnown = ({ slice }: Step, i: number) =>
    slice === undefined || mayHaveSlice?.(names.slice(0, i + 1).join('.'), slice) !== false
  if (fromId?.every(isKnown)) return withSlice(fromId, sliceName ?? fromId.at(-1)!.slice)
  let follows = true
  const steps = names.map((name, i) => {
    follows = follows && before[i]?.name === name
    return { name, slice: follows ? before[i]!.slice : undefined }
  })
  return withSlice(steps, sliceName)
}

function withSlice(steps: readonly Step[], slice: string | undefined): readonly Step[] {
  return [...steps.slice(0, -1), { name: steps.at(-1)!.name, slice }]
}

function stepsOfId(id: unknown, names: readonly string[]): readonly Step[] | undefined {
  if (typeof id !== 'string') return undefined
  const parts = id.split('.')
  if (parts.length !== names.length) return undefined
  const steps = parts.map((part) => {
    const colon = part.indexOf(':')
    return colon < 0 ? { name: part, slice: undefined } : { name: part.slice(0, colon), slice: part.slice(colon + 1) }
  })
  return steps.every(({ name }, i) => isNameOf(name, names[i]!)) ? steps : undefined
}

/** The id of `valueQuantity` may call it `value[x]`. */
function isNameOf(name: string, inPath: string): boolean {
  return name === inPath || (name.endsWith('[x]') && inPath.startsWith(name.slice(0, -3)))
}

/** What is below elements by name, and slices of them by `:` and name, while a tree is built: there may be very many. */
type NodeIndex = Map<ElementNode, Map<string, ElementNode>>

function nodeAt(root: ElementNode, steps: readonly Step[], index: NodeIndex): ElementNode {
  let node = root
  for (const { name, slice } of steps.slice(1)) {
    node = foundOrAdded(node, node.children, { name, slice: undefined }, index)
    if (slice !== undefined) node = foundOrAdded(node, node.slices, { name, slice }, index)
  }
  return node
}

function foundOrAdded(parent: ElementNode, list: ElementNode[], step: Step, index: NodeIndex): ElementNode {
  const known = index.get(parent) ?? new Map<string, ElementNode>()
  index.set(parent, known)
  const key = step.slice === undefined ? step.name : `:${step.slice}`
  let node = known.get(key)
  if (!node) {
    node = newNode(step)
    known.set(key, node)
    list.push(node)
  }
  return node
}

function newNode({ name, slice }: Step): ElementNode {
  const named = slice !== undefined && { sliceName: slice }
  return { name, ...named, element: undefined, children: [], slices: [], said: undefined }
}

/** https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint.source */
function withSource(element: JsonObject, source: string): JsonObject {
  const { constraint } = element
  if (!Array.isArray(constraint) || !constraint.some(hasNoSource)) return element
  return { ...element, constraint: constraint.map((one) => (hasNoSource(one) ? { ...one, source } : one)) }
}

function hasNoSource(constraint: JsonValue): constraint is JsonObject {
  return isJsonObject(constraint) && constraint['source'] === undefined
}

function pathOf(element: JsonObject): string {
  return element['path'] as string
}
