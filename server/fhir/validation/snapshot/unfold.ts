/** What lies below an element that the base describes only by its type, its profile or a reference to another element. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../json.ts'
import { listOf } from './merge-element.ts'
import { type CopyBudget, copiesOf, type ElementNode, nodeOfPath } from './tree.ts'

/** One generation of a snapshot: where it looks things up, and what it has to say. */
export interface Generation {
  /** The type that is profiled, as its definition says it. */
  readonly type: string
  /** The snapshot of another definition as a tree; not to be changed. Undefined, with an issue, where there is none. */
  readonly treeOfDefinition: (canonical: string) => ElementNode | undefined
  /** Whether that snapshot waits for this one, so that there is none yet. */
  readonly isUnderWay: (canonical: string) => boolean
  readonly report: (issue: string) => void
  readonly budget: CopyBudget
}

const definitionBase = 'http://hl7.org/fhir/StructureDefinition/'

/** The canonical of the definition of a type. */
export function typeCanonical(code: string): string {
  return /^[a-z]+:/.test(code) ? code : `${definitionBase}${code}`
}

/** Gives the node the children that its type, profile or reference say it has. */
export function unfold(node: ElementNode, path: string, generation: Generation): void {
  const element = node.element ?? {}
  const reference = element['contentReference']
  if (typeof reference === 'string') {
    unfoldReference(node, reference, path, generation)
    return
  }
  const type = commonType(element)
  if (type === undefined) {
    generation.report(`${path}: nothing can be said of what is below it, since it has no type: say which it has`)
    return
  }
  const profile = profileNamedBy(element)
  const tree =
    (profile === undefined ? undefined : generation.treeOfDefinition(profile)) ??
    generation.treeOfDefinition(typeCanonical(type))
  if (tree) node.children = copiesOf(tree.children, generation.budget)
}

/** The profile of an element that has one type with one profile. */
export function profileNamedBy(element: JsonObject): string | undefined {
  const types = listOf(element['type']).filter(isJsonObject)
  const profiles = types.length === 1 ? listOf(types[0]!['profile']) : []
  return profiles.length === 1 && typeof profiles[0] === 'string' ? profiles[0] : undefined
}

/** Several types have only `Element`'s elements in common. */
function commonType(element: JsonObject): string | undefined {
  const types = listOf(element['type']).filter(isJsonObject)
  const codes = new Set(types.map((type) => type['code']))
  if (codes.size !== 1) return codes.size === 0 ? undefined : 'Element'
  return fhirType(types[0]!)
}

const fhirTypeExtension = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type'

/** `string` for what R4's snapshots type as FHIRPath's `System.String`. */
function fhirType(type: JsonObject): string | undefined {
  const { code } = type
  if (typeof code !== 'string' || !code.startsWith('http://hl7.org/fhirpath/')) return textOf(code)
  const named = listOf(type['extension'])
    .filter(isJsonObject)
    .find((extension) => extension['url'] === fhirTypeExtension)
  return textOf(named?.['valueUrl']) ?? textOf(named?.['valueUri']) ?? 'string'
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** `#Observation.referenceRange`: its children, and its type in place of the reference. */
function unfoldReference(node: ElementNode, reference: string, path: string, generation: Generation): void {
  const found = referredTo(reference, generation)
  const { contentReference: _reference, ...rest } = node.element!
  node.element = { ...rest, ...(found?.element?.['type'] !== undefined && { type: found.element['type'] }) }
  if (!found) generation.report(`${path}: it refers to ${reference}, where no element is: correct the reference`)
  else if (found.children.length > 0) node.children = copiesOf(found.children, generation.budget)
  else unfold(node, path, generation)
}

/** What is referred to may itself refer to another, and in bad definitions to itself. */
function referredTo(reference: string, { treeOfDefinition, type }: Generation): ElementNode | undefined {
  const seen = new Set<string>()
  for (let next = reference; !seen.has(next); ) {
    seen.add(next)
    const [url, target = ''] = next.split('#') as [string, string | undefined]
    const root = target.split('.', 1)[0]!
    // The type of a logical model is its whole URL.
    const tree = treeOfDefinition(url || typeCanonical(type.endsWith(`/${root}`) ? type : root))
    const found = tree && nodeOfPath(tree, target)
    const further = found?.element?.['contentReference']
    if (!found || found.children.length > 0 || typeof further !== 'string') return found
    next = further
  }
  return undefined
}
