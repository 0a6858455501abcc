/** What a StructureDefinition says of elements, put onto its base. https://hl7.org/fhir/R4/profiling.html#snapshot */
import type { JsonObject } from '../../json.ts'
import type { ElementNode } from '../profile/element-tree.ts'
import { profileOf, text } from '../profile/element-tree.ts'
import type { Told, Visit } from '../profile/visit.ts'
import { enter, expressionAt, leave, tell } from '../profile/visit.ts'
import { elementList } from '../snapshot/read.ts'
import { snapshotOf } from '../snapshot.ts'
import type { ResourceRule } from './resource-rules.ts'
import { checkNarrower } from './structure-definition-binding.ts'
import { checkConstraints } from './structure-definition-constraints.ts'
import { checkElement } from './structure-definition-elements.ts'
import { faultSeverity } from './structure-definition-severity.ts'

type View = 'differential' | 'snapshot'

/** The elements that are listed, and those of the snapshot that it comes with. */
export const checkSnapshot: ResourceRule = (visit, structure) => {
  const { elements, issues } = snapshotOf(structure, visit.tools.canonicals)
  const view = elementList(structure, 'differential').length > 0 ? 'differential' : 'snapshot'
  tellIssues(visit, structure, view, issues)
  checkElements(visit, structure, view, elements)
  if (view === 'differential' && structure['derivation'] === 'constraint') {
    checkOwnSnapshot(visit, structure, elements, new Set(issues))
  }
}

/** What cannot be put onto the base, each at its element. */
function tellIssues(visit: Visit, structure: JsonObject, view: View, issues: readonly string[]): void {
  const places = new Map(elementList(structure, view).map((element, index) => [idOf(element), index]))
  const severity = faultSeverity(visit, structure)
  for (const issue of issues) {
    const colon = issue.indexOf(': ')
    const index = places.get(issue.slice(0, colon))
    const place = index === undefined ? [view] : [view, 'element', index]
    if (isTold(visit, issue, expressionAt(visit, place))) continue
    const own = unknown.test(issue) ? visit.tools.policy.unknownProfile : mild.test(issue) ? 'warning' : severity
    const told: Told = { severity: own, rule: 'snapshot' }
    tell(visit, 'rule-violated', { reason: `${issue}.` }, told, ...place)
  }
}

/** Whether there is a fault at all cannot be told without it. */
const unknown = /^\S+ is not known here: /

/** What published profiles do, US Core's among them, and everybody reads. */
const mild = /: its binding is extensible, and required by its base|: no such slice is defined, /

/** What rules of the base specification, or those of elements by themselves, tell of as well. */
const elsewhere: readonly (readonly [RegExp, readonly string[]])[] = [
  [/: its minimum \S+ is below/, ['min']],
  [/: its minimum \S+ is above/, ['eld-2', 'eld-3']],
  [/: its maximum /, ['max', 'eld-3']],
  [/: its base fixes it/, ['fixed']],
  [/: its path begins with /, ['structure', 'sdf-8', 'sdf-8a', 'sdf-8b']],
  [/ has no baseDefinition: /, ['structure', 'sdf-4']],
  [/ has neither a differential nor a snapshot/, ['sdf-6']],
]

function isTold({ issues }: Visit, issue: string, place: string): boolean {
  const rules = elsewhere.filter(([words]) => words.test(issue)).flatMap(([, keys]) => keys)
  return issues.some(({ rule = '', expression = '' }) => {
    const isThere = rule === 'structure' || expression.startsWith(place) || place.startsWith(expression)
    return isThere && rules.includes(rule)
  })
}

function checkElements(visit: Visit, structure: JsonObject, view: View, made: readonly JsonObject[]): void {
  const nodes = nodesById(structure, made)
  const severity = faultSeverity(visit, structure)
  enter(visit, view)
  elementList(structure, view).forEach((element, index) => {
    const node = nodes.get(idOf(element))
    enter(visit, 'element', index)
    if (node) checkElement(visit, element, node, severity)
    checkConstraints(visit, element, node, severity)
    checkNarrower(visit, element, severity)
    leave(visit, index)
  })
  leave(visit)
}

/** Elements of old differentials have no id. */
function idOf({ id, path, sliceName }: JsonObject): string {
  return text(id) || `${text(path)}${text(sliceName) === '' ? '' : `:${text(sliceName)}`}`
}

function nodesById(structure: JsonObject, made: readonly JsonObject[]): ReadonlyMap<string, ElementNode> {
  const nodes = new Map<string, ElementNode>()
  const add = (node: ElementNode) => {
    nodes.set(node.id, node)
    for (const child of node.children.values()) add(child)
    for (const slice of node.slices) add(slice)
  }
  const root = profileOf(structure, made)?.root
  if (root) add(root)
  return nodes
}

/** Longer ones cannot be read as what a differential says. */
const mostRestated = 5_000

/** A snapshot restates its base: what it says otherwise, its differential would not be allowed to say either. */
function checkOwnSnapshot(
  visit: Visit,
  structure: JsonObject,
  made: readonly JsonObject[],
  known: ReadonlySet<string>,
): void {
  const own = elementList(structure, 'snapshot')
  if (own.length === 0 || own.length > mostRestated) return
  const { snapshot: _snapshot, ...rest } = structure
  const { issues } = snapshotOf({ ...rest, differential: { element: [...own] } }, visit.tools.canonicals)
  const others = issues.filter((issue) => !known.has(issue))
  tellIssues(visit, structure, 'snapshot', others)
  const listed = new Set(own.map(({ path }) => path))
  const missing = made.filter(({ path }) => !listed.has(path))
  if (missing.length === 0) return
  const reason = `The snapshot lacks ${missing.length} elements that the profile has, such as ${text(missing[0]!['path'])}: make it again.`
  tell(visit, 'rule-violated', { reason }, { severity: 'warning', rule: 'snapshot' }, 'snapshot')
}
