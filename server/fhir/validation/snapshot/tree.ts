/**
 * ElementDefinitions as a tree: children below their parent, slices beside the element that they slice.
 * https://hl7.org/fhir/R4/elementdefinition.html#id
 */
import type { JsonObject } from '../../json.ts'

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
}

interface Step {
  readonly name: string
  readonly slice: string | undefined
}

/** Whether the element of a path may have a slice of that name, as far as that can be told. */
export type MayHaveSlice = (path: string, slice: string) => boolean

/** Undefined where there are no elements. Ids that name slices which the element does not have are left aside. */
export function treeOf(elements: readonly JsonObject[], mayHave: MayHaveSlice = () => true): ElementNode | undefined {
  const first = elements[0]
  if (!first) return undefined
  const root = newNode({ name: pathOf(first).split('.')[0]!, slice: undefined })
  const index: SliceIndex = new Map()
  let before: readonly Step[] = []
  for (const element of elements) {
    const steps = stepsOf(element, before, mayHave)
    const node = nodeAt(root, steps, index)
    const { id: _id, path: _path, sliceName: _slice, ...rest } = element
    node.element = rest
    before = steps
  }
  return root
}

/** The elements of a tree as a snapshot lists them, with their ids and paths. */
export function elementsOf(root: ElementNode): JsonObject[] {
  const elements: JsonObject[] = []
  const visit = (node: ElementNode, idBefore: string, pathBefore: string) => {
    const path = `${pathBefore}${node.name}`
    const id = `${idBefore}${node.name}${node.sliceName === undefined ? '' : `:${node.sliceName}`}`
    const named = node.sliceName !== undefined && { sliceName: node.sliceName }
    // An element may be listed by its slice alone.
    if (node.element) elements.push({ id, path, ...named, ...node.element })
    for (const child of node.children) visit(child, `${id}.`, `${path}.`)
    for (const slice of node.slices) visit(slice, idBefore, pathBefore)
  }
  visit(root, '', '')
  return elements
}

/** A copy that can be merged into; the elements themselves are never changed, only replaced. */
export function copyOf(node: ElementNode): ElementNode {
  return { ...node, children: node.children.map(copyOf), slices: node.slices.map(copyOf) }
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
function stepsOf(element: JsonObject, before: readonly Step[], mayHave: MayHaveSlice): readonly Step[] {
  const names = pathOf(element).split('.')
  const sliceName = element['sliceName'] as string | undefined
  const fromId = stepsOfId(element['id'], names)
  const isKnown = ({ slice }: Step, i: number) => slice === undefined || mayHave(names.slice(0, i + 1).join('.'), slice)
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

/** The slices of elements by name, while a tree is built: there may be very many. */
type SliceIndex = Map<ElementNode, Map<string, ElementNode>>

function nodeAt(root: ElementNode, steps: readonly Step[], index: SliceIndex): ElementNode {
  let node = root
  for (const step of steps.slice(1)) {
    let child = node.children.find((one) => one.name === step.name)
    if (!child) {
      child = newNode({ name: step.name, slice: undefined })
      node.children.push(child)
    }
    node = step.slice === undefined ? child : sliceOf(child, step, index)
  }
  return node
}

function sliceOf(node: ElementNode, step: Step, index: SliceIndex): ElementNode {
  const known = index.get(node) ?? new Map<string, ElementNode>()
  index.set(node, known)
  let slice = known.get(step.slice!)
  if (!slice) {
    slice = newNode(step)
    known.set(step.slice!, slice)
    node.slices.push(slice)
  }
  return slice
}

function newNode({ name, slice }: Step): ElementNode {
  return { name, ...(slice !== undefined && { sliceName: slice }), element: undefined, children: [], slices: [] }
}

function pathOf(element: JsonObject): string {
  return element['path'] as string
}
