/** Reads the elements of a profile: what cannot be placed is told and left out. https://hl7.org/fhir/R4/profiling.html#snapshot */
import { isJsonObject, type JsonObject } from '../../json.ts'
import { quotable } from '../../json-value.ts'
import { type ElementNode, nodeOfPath, treeOf, walk } from './tree.ts'

type Report = (issue: string) => void

/** Far deeper than any element is. */
const deepest = 40
const tooDeep = `it is more than ${deepest} elements deep: put what is below it into a profile of its own`

interface Source {
  readonly url: string
  readonly report: Report
}

/** The elements of a differential or a snapshot. */
export function elementList(definition: JsonObject, view: 'snapshot' | 'differential'): readonly JsonObject[] {
  const { element } = isJsonObject(definition[view]) ? definition[view] : {}
  return Array.isArray(element) ? element.filter(isJsonObject) : []
}

/** A snapshot as a tree. */
export function readSnapshot(elements: readonly JsonObject[], source: Source): ElementNode | undefined {
  return treeOf(placeable(elements, undefined, source), { url: source.url })
}

/** A differential as a tree. `base` is the tree that it will be put onto, `root` what its paths have to begin with. */
export function readDifferential(
  elements: readonly JsonObject[],
  source: Source & { readonly base: ElementNode; readonly root: string | undefined },
): ElementNode | undefined {
  const { url, base, root, report } = source
  const placed = placeable(elements, root, source)
  return treeOf(placed, {
    url,
    mayHaveSlice: slicesOf(placed, base, report),
    onAgain: (element) => report(`${nameOf(element)}: it is listed more than once: say everything in one element`),
  })
}

/** What stands elsewhere than in the base: the elements of a differential come in the order of the snapshot. */
export function reportDisorder(tree: ElementNode, report: Report): void {
  let last = { said: -1, id: '' }
  walk(tree, ({ said }, id) => {
    if (said === undefined) return
    if (said < last.said) report(`${id}: it comes behind ${last.id} in the snapshot: put it there`)
    else last = { said, id }
  })
}

function placeable(elements: readonly JsonObject[], root: string | undefined, { url, report }: Source) {
  const start = root ?? rootOf(elements.find(({ path }) => typeof path === 'string')?.['path'])
  return elements.filter((element, i) => {
    const fault = faultOf(element, start)
    if (fault !== undefined) report(`${nameOf(element) ?? `${url}: element ${i + 1}`}: ${fault}`)
    return fault === undefined
  })
}

function faultOf({ path, sliceName }: JsonObject, root: string | undefined): string | undefined {
  if (typeof path !== 'string' || path === '') return 'it has no path: say which element it is'
  if (rootOf(path) !== root) return `its path begins with ${rootOf(path)}: let it begin with ${root}`
  if (path.split('.', deepest + 1).length > deepest) return tooDeep
  if (sliceName !== undefined && typeof sliceName !== 'string') return 'its sliceName is no string: correct it'
  return undefined
}

function rootOf(path: unknown): string | undefined {
  return typeof path === 'string' ? path.split('.', 1)[0] : undefined
}

function nameOf({ id, path }: JsonObject): string | undefined {
  const name = id ?? path
  return name === undefined ? undefined : quotable(name).slice(0, 300)
}

/** Slices are those that the differential or the base defines; of elements that the base does not list nobody knows. */
function slicesOf(elements: readonly JsonObject[], base: ElementNode, report: Report) {
  const defined = new Set(elements.map(({ path, sliceName }) => `${path}:${sliceName}`))
  return (path: string, slice: string) => {
    if (defined.has(`${path}:${slice}`)) return true
    const node = nodeOfPath(base, path)
    if (!node || node.name.endsWith('[x]') || node.slices.some(({ sliceName }) => sliceName === slice)) return true
    report(
      `${path}:${slice}: no such slice is defined, so that what is below it is put below the one before: define it`,
    )
    return false
  }
}
