/** What lies below an element that the base describes only by its type, its profile or a reference to another element. */
import type { Canonicals } from '../../conformance/canonicals.ts'
import { isJsonObject, type JsonObject } from '../../json.ts'
import { listOf } from './merge-element.ts'
import { copyOf, type ElementNode, nodeOfPath } from './tree.ts'

/** One generation of a snapshot: where it looks things up, and what it has to say. */
export interface Generation {
  readonly canonicals: Canonicals
  /** The snapshot of another definition as a tree; not to be changed. Undefined, with an issue, where there is none. */
  readonly treeOfDefinition: (canonical: string) => ElementNode | undefined
  readonly report: (issue: string) => void
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
  const canonical = canonicalBelow(element)
  if (canonical === undefined) {
    generation.report(`${path}: nothing can be said of what is below it, since it has no type`)
    return
  }
  const tree = generation.treeOfDefinition(canonical)
  if (tree) node.children = tree.children.map(copyOf)
}

/** The profile of the element's one type where it has one, else its type; several types have only `Element`'s in common. */
function canonicalBelow(element: JsonObject): string | undefined {
  const types = listOf(element['type']).filter(isJsonObject)
  const codes = new Set(types.map((type) => type['code'] as string))
  if (codes.size !== 1) return codes.size === 0 ? undefined : typeCanonical('Element')
  const [type] = types
  const profiles = types.length === 1 ? listOf(type!['profile']) : []
  if (profiles.length === 1) return profiles[0] as string
  return typeCanonical(fhirType(type!))
}

const fhirTypeExtension = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type'

/** `string` for what R4's snapshots type as FHIRPath's `System.String`. */
function fhirType(type: JsonObject): string {
  const code = type['code'] as string
  if (!code.startsWith('http://hl7.org/fhirpath/')) return code
  const named = listOf(type['extension'])
    .filter(isJsonObject)
    .find((extension) => extension['url'] === fhirTypeExtension)
  return ((named?.['valueUrl'] ?? named?.['valueUri']) as string | undefined) ?? 'string'
}

/** `#Observation.referenceRange`: its children, and its type in place of the reference. */
function unfoldReference(node: ElementNode, reference: string, path: string, generation: Generation): void {
  const [url, target] = reference.split('#') as [string, string | undefined]
  const type = target?.split('.')[0] ?? ''
  const tree = generation.treeOfDefinition(url || typeCanonical(type))
  const found = tree && target && nodeOfPath(tree, target)
  if (!found) {
    generation.report(`${path}: nothing is at ${reference}, which it refers to`)
    return
  }
  const { contentReference: _reference, ...rest } = node.element!
  node.element = { ...rest, ...(found.element?.['type'] !== undefined && { type: found.element['type'] }) }
  node.children = found.children.map(copyOf)
}
