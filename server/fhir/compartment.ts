/** Compartments: which resources belong to a patient, an encounter, … https://hl7.org/fhir/R4/compartmentdefinition.html */
import type { Definitions } from './definitions.ts'
import type { Criterion } from './search/criterion.ts'
import type { SearchIndexes } from './search/search-indexes.ts'

/** The types that may be in a compartment of `type`, the type itself first; empty where there is no such compartment. */
export function compartmentTypes(type: string, definitions: Definitions): readonly string[] {
  const members = definitions.compartments[type]
  if (!members) return []
  const types = Object.keys(members).filter(
    (member) => members[member]!.length > 0 && definitions.isResourceType(member),
  )
  return [type, ...types.filter((member) => member !== type)]
}

/**
 * The criterion that puts a resource of type `member` into the compartment `type/id`, or with `id` undefined into the
 * compartment of any resource of `type`; undefined where none does.
 */
export function compartmentCriterion(
  type: string,
  id: string | undefined,
  member: string,
  definitions: Definitions,
  indexes: SearchIndexes,
): Criterion | undefined {
  const codes = definitions.compartments[type]?.[member] ?? []
  // A custom parameter that takes a code over does not change who may see what.
  const { standard } = indexes.index(member)
  const criteria = codes.flatMap((code): Criterion[] => {
    const parameter = standard.get(code)
    if (!parameter) return []
    if (id === undefined) return [{ kind: 'parameter', name: code, parameter, modifier: 'missing', values: ['false'] }]
    return [{ kind: 'parameter', name: code, parameter, values: [`${type}/${id}`] }]
  })
  if (member === type && id === undefined) return undefined
  // The focal resource is in its own compartment.
  if (member === type && id !== undefined) criteria.push({ kind: 'special', name: '_id', values: [id] })
  return criteria.length === 0 ? undefined : { kind: 'any', name: `${type} compartment`, criteria }
}
