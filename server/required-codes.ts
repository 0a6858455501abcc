/**
 * Lists the codes of value sets that are required for `code` elements, so that validating one is a look-up.
 * https://hl7.org/fhir/R4/terminologies.html#required
 */
import type { TypeDefinition } from './fhir/definitions.ts'

/** The members of published ValueSets and CodeSystems that are read here. */
export interface PublishedTerminology {
  readonly resourceType: string
  readonly url: string
  readonly content?: string
  readonly concept?: readonly Concept[]
  readonly compose?: { readonly include?: readonly Include[]; readonly exclude?: readonly Include[] }
}

interface Concept {
  readonly code: string
  readonly concept?: readonly Concept[]
  readonly property?: readonly { readonly code: string; readonly valueBoolean?: boolean }[]
}

interface Include {
  readonly system?: string
  readonly concept?: readonly Concept[]
  readonly filter?: unknown
  readonly valueSet?: unknown
}

/**
 * Codes by value set. Value sets without a list (media types, currencies, those that are not published) are left out:
 * their codes cannot be judged here.
 */
export function requiredCodes(
  types: readonly TypeDefinition[],
  terminology: readonly PublishedTerminology[],
): Record<string, string[]> {
  const valueSets = byUrl(terminology, 'ValueSet')
  const codeSystems = byUrl(terminology, 'CodeSystem')
  const codes: Record<string, string[]> = {}
  for (const url of requiredValueSets(types)) {
    const listed = enumerate(valueSets.get(url), codeSystems)
    if (listed) codes[url] = listed
  }
  return codes
}

function byUrl(terminology: readonly PublishedTerminology[], type: string): ReadonlyMap<string, PublishedTerminology> {
  return new Map(terminology.filter((r) => r.resourceType === type).map((r) => [r.url, r]))
}

function requiredValueSets(types: readonly TypeDefinition[]): string[] {
  const bound = types
    .flatMap((type) => type.elements)
    .filter((element) => element.binding?.strength === 'required' && element.types.some((t) => t.code === 'code'))
  return [...new Set(bound.map((element) => element.binding!.valueSet))].sort()
}

function enumerate(
  valueSet: PublishedTerminology | undefined,
  codeSystems: ReadonlyMap<string, PublishedTerminology>,
): string[] | undefined {
  const include = valueSet?.compose?.include
  if (!include || valueSet.compose?.exclude) return undefined
  const parts = include.map((part) => includedCodes(part, codeSystems))
  return parts.every((part) => part !== undefined) ? [...new Set(parts.flat())] : undefined
}

function includedCodes(
  part: Include,
  codeSystems: ReadonlyMap<string, PublishedTerminology>,
): readonly string[] | undefined {
  if (part.filter || part.valueSet || !part.system) return undefined
  if (part.concept) return part.concept.map((concept) => concept.code)
  const system = codeSystems.get(part.system)
  return system?.content === 'complete' ? selectable(system.concept ?? []) : undefined
}

/** Concepts that only group others are marked as not selectable: they are no values. */
function selectable(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((concept) => {
    const grouping = concept.property?.some((p) => p.code === 'notSelectable' && p.valueBoolean)
    return [...(grouping ? [] : [concept.code]), ...selectable(concept.concept ?? [])]
  })
}
