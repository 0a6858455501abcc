/**
 * Snapshots: a profile's differential put onto the snapshot of its base, which may have to be generated first.
 * https://hl7.org/fhir/R4/profiling.html#snapshot
 */
import type { Canonicals } from '../conformance/canonicals.ts'
import { parseCanonical } from '../conformance/canonicals.ts'
import type { JsonObject } from '../json.ts'
import { quotable } from '../json-value.ts'
import { apply } from './snapshot/apply.ts'
import { elementList, readDifferential, readSnapshot, reportDisorder } from './snapshot/read.ts'
import { type CopyBudget, copyOf, type ElementNode, elementsOf } from './snapshot/tree.ts'
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
  const issues = new Set<string>()
  const report = (issue: string) => void issues.add(issue)
  const budget = { left: mostCopies }
  const tree = generate(profile, { canonicals, report, fail: report, trees: new Map(), open: [], budget })
  return { elements: tree ? elementsOf(tree) : [], issues: shortened(issues) }
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
  readonly budget: CopyBudget
}

// Far more than any profile has, or takes. Small profiles that are made of each other many times over would fill the memory.
const most = { differential: 5_000, snapshot: 100_000 } as const
const mostCopies = 100_000
const mostOpen = 40
const mostIssues = 100

function shortened(issues: ReadonlySet<string>): readonly string[] {
  const rest = issues.size - mostIssues
  return rest > 0 ? [...[...issues].slice(0, mostIssues), `and ${rest} more`] : [...issues]
}

function generate(profile: JsonObject, run: Run): ElementNode | undefined {
  if (elementList(profile, 'differential').length === 0) return publishedTree(profile, run)
  const differential = readableList(profile, 'differential', run)
  if (!differential) return undefined
  const inner = { ...run, open: [...run.open, urlOf(profile)] }
  const base = baseOf(profile, inner)
  if (!base) return undefined
  const mayAdd = profile['derivation'] !== 'constraint'
  // Where the budget is spent, things are missing for that reason alone.
  const report = (issue: string) => run.budget.left > 0 && run.report(issue)
  const root = mayAdd ? undefined : base.name
  const change = readDifferential(differential, { url: urlOf(profile), base, root, report })
  const tree: ElementNode = { ...copyOf(base, run.budget), name: root ?? change?.name ?? base.name }
  const generation: Generation = {
    type: quotable(profile['type']),
    report,
    treeOfDefinition: (canonical) => treeOfDefinition(canonical, inner),
    isUnderWay: (canonical) => inner.open.includes(parseCanonical(canonical).url),
    budget: run.budget,
  }
  if (change) apply(tree, change, { generation, id: tree.name, inSlice: false, mayAdd })
  if (mayAdd) rebase(tree)
  else reportDisorder(tree, report)
  if (run.budget.left > 0) return tree
  run.fail(`${urlOf(profile)} is made of more than ${mostCopies} elements of other definitions: leave some out`)
  return undefined
}

/** A new type is its own base. */
function rebase(tree: ElementNode): void {
  const { min = 0, max = '*' } = tree.element ?? {}
  tree.element = { ...tree.element, base: { path: tree.name, min, max } }
}

/** `Element` and `Resource` are based on nothing. */
const emptyTree: ElementNode = { name: '', element: {}, children: [], slices: [], said: undefined }

function baseOf(profile: JsonObject, run: Run): ElementNode | undefined {
  const base = profile['baseDefinition']
  if (typeof base === 'string') return treeOfDefinition(base, run) ?? treeOfType(profile, base, run)
  if (base === undefined && profile['derivation'] !== 'constraint') return emptyTree
  run.fail(`${urlOf(profile)} has no baseDefinition: say what it constrains`)
  return undefined
}

/** Of a base that is not known at least the type is. */
function treeOfType(profile: JsonObject, base: string, run: Run): ElementNode | undefined {
  const { type, derivation } = profile
  const isKnown = run.canonicals.find('StructureDefinition', base) !== undefined
  return isKnown || derivation !== 'constraint' || typeof type !== 'string'
    ? undefined
    : treeOfDefinition(typeCanonical(type), run)
}

function publishedTree(profile: JsonObject, run: Run): ElementNode | undefined {
  const elements = readableList(profile, 'snapshot', run)
  if (!elements) return undefined
  const tree = readSnapshot(elements, { url: urlOf(profile), report: run.report })
  if (!tree) run.fail(`${urlOf(profile)} has neither a differential nor a snapshot`)
  return tree
}

function readableList(profile: JsonObject, view: keyof typeof most, { fail }: Run): readonly JsonObject[] | undefined {
  const elements = elementList(profile, view)
  if (elements.length <= most[view]) return elements
  fail(`the ${view} of ${urlOf(profile)} has ${elements.length} elements: ${most[view]} are the most that are read`)
  return undefined
}

function treeOfDefinition(canonical: string, run: Run): ElementNode | undefined {
  if (!run.trees.has(canonical)) run.trees.set(canonical, findTree(canonical, run))
  return run.trees.get(canonical)
}

function findTree(canonical: string, run: Run): ElementNode | undefined {
  const { canonicals, fail, open } = run
  const definition = canonicals.find('StructureDefinition', canonical)
  if (!definition) {
    fail(`${canonical} is not known here: load the package that it is in`)
    return undefined
  }
  // What is wrong with another definition is reported with that one.
  const other = { ...run, report: () => {} }
  if (elementList(definition, 'snapshot').length > 0) return publishedTree(definition, other)
  const { url } = parseCanonical(canonical)
  if (open.includes(url)) fail(`${url} is based on itself, or contains itself: ${[...open, url].join(' → ')}`)
  else if (open.length >= mostOpen) fail(`${open[0]} is based on more than ${mostOpen} definitions, one on the other`)
  else return generate(definition, other)
  return undefined
}

function urlOf({ url, name, id }: JsonObject): string {
  return quotable(url ?? name ?? id)
}
