/**
 * Snapshots: a profile's differential put onto the snapshot of its base, which may have to be generated first.
 * https://hl7.org/fhir/R4/profiling.html#snapshot
 */
import type { Canonicals } from '../conformance/canonicals.ts'
import { parseCanonical } from '../conformance/canonicals.ts'
import { isJsonObject, type JsonObject } from '../json.ts'
import { apply } from './snapshot/apply.ts'
import { listOf } from './snapshot/merge-element.ts'
import { copyOf, type ElementNode, elementsOf, type MayHaveSlice, nodeOfPath, treeOf } from './snapshot/tree.ts'
import { type Generation, typeCanonical } from './snapshot/unfold.ts'

export interface Snapshot {
  /** ElementDefinitions as R4 writes them. None where the snapshot cannot be made: the issues tell why. */
  readonly elements: readonly JsonObject[]
  /** What the differential says that cannot be, each with the id of its element. */
  readonly issues: readonly string[]
}

/**
 * The snapshot of a StructureDefinition, from its differential; one that has none keeps the snapshot that it has. Where a
 * profile's base is not known here, that is an issue, and the snapshot is made from the type.
 */
export function snapshotOf(profile: JsonObject, canonicals: Canonicals): Snapshot {
  const issues: string[] = []
  const report = (issue: string) => void issues.push(issue)
  const tree = generate(profile, { canonicals, report, fail: report, trees: new Map(), open: [] })
  return { elements: tree ? elementsOf(tree) : [], issues: [...new Set(issues)] }
}

interface Run {
  readonly canonicals: Canonicals
  readonly report: (issue: string) => void
  /** As `report`, and not only of the definition that is asked for: without what is missing there is no snapshot. */
  readonly fail: (issue: string) => void
  /** Of other definitions, by canonical. */
  readonly trees: Map<string, ElementNode | undefined>
  /** The definitions that wait for the one being made. */
  readonly open: readonly string[]
}

/** Far more than any profile has. */
const mostElements = 20_000

function generate(profile: JsonObject, run: Run): ElementNode | undefined {
  const differential = elementList(profile, 'differential')
  if (differential.length === 0) return publishedTree(profile, run)
  if (differential.length > mostElements) {
    run.fail(`${urlOf(profile)} has ${differential.length} elements; ${mostElements} are the most that are read`)
    return undefined
  }
  const base = profile['baseDefinition'] as string | undefined
  const inner = { ...run, open: [...run.open, urlOf(profile)] }
  const baseTree = base === undefined ? emptyTree : (treeOfDefinition(base, inner) ?? treeOfType(profile, inner))
  if (!baseTree) return undefined
  const change = treeOf(differential, slicesOf(differential, baseTree, run.report))!
  const mayAdd = profile['derivation'] !== 'constraint'
  const tree: ElementNode = { ...copyOf(baseTree), name: mayAdd ? change.name : baseTree.name }
  const generation: Generation = {
    canonicals: run.canonicals,
    report: run.report,
    treeOfDefinition: (canonical) => treeOfDefinition(canonical, inner),
  }
  apply(tree, change, { generation, id: tree.name, inSlice: false, mayAdd })
  return tree
}

/** Slices are those that the differential or the base defines; of elements that the base does not list nobody knows. */
function slicesOf(differential: readonly JsonObject[], base: ElementNode, report: Run['report']): MayHaveSlice {
  const defined = new Set(differential.map(({ path, sliceName }) => `${path}:${sliceName}`))
  return (path, slice) => {
    if (defined.has(`${path}:${slice}`)) return true
    const node = nodeOfPath(base, path)
    if (!node || node.name.endsWith('[x]') || node.slices.some(({ sliceName }) => sliceName === slice)) return true
    report(`${path}:${slice}: no such slice is defined, so that what is said below it is said of the slice before it`)
    return false
  }
}

/** `Element` and `Resource` are based on nothing. */
const emptyTree: ElementNode = { name: '', element: {}, children: [], slices: [] }

/** Of a base that is not known at least the type is. */
function treeOfType(profile: JsonObject, run: Run): ElementNode | undefined {
  const type = profile['type']
  const isKnown = run.canonicals.find('StructureDefinition', profile['baseDefinition'] as string) !== undefined
  if (isKnown || profile['derivation'] !== 'constraint' || typeof type !== 'string') return undefined
  return treeOfDefinition(typeCanonical(type), run)
}

function publishedTree(profile: JsonObject, run: Run): ElementNode | undefined {
  const tree = treeOf(elementList(profile, 'snapshot'))
  if (!tree) run.fail(`${urlOf(profile)} has neither a differential nor a snapshot`)
  return tree
}

function treeOfDefinition(canonical: string, run: Run): ElementNode | undefined {
  if (!run.trees.has(canonical)) run.trees.set(canonical, findTree(canonical, run))
  return run.trees.get(canonical)
}

function findTree(canonical: string, run: Run): ElementNode | undefined {
  const definition = run.canonicals.find('StructureDefinition', canonical)
  if (!definition) {
    run.fail(`${canonical} is not known here`)
    return undefined
  }
  if (elementList(definition, 'snapshot').length > 0) return publishedTree(definition, run)
  const { url } = parseCanonical(canonical)
  if (run.open.includes(url)) {
    run.fail(`${url} is based on itself: ${[...run.open, url].join(' → ')}`)
    return undefined
  }
  // What is wrong with another definition is reported with that one.
  return generate(definition, { ...run, report: () => {} })
}

function elementList(definition: JsonObject, member: 'snapshot' | 'differential'): readonly JsonObject[] {
  const view = definition[member]
  return isJsonObject(view) ? listOf(view['element']).filter(isJsonObject) : []
}

function urlOf(profile: JsonObject): string {
  return (profile['url'] as string | undefined) ?? String(profile['name'] ?? profile['id'])
}
