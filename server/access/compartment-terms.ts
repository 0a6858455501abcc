/**
 * Which rows belong to a patient: by the patient's column, by the terms of the references that confer membership, or
 * because the row is the patient. https://hl7.org/fhir/R4/compartmentdefinition-patient.html
 */
import type { Definitions } from '../fhir/definitions.ts'
import { targetConstant } from '../fhir/search/indexing/references.ts'
import type { SearchIndexes } from '../fhir/search/search-indexes.ts'
import { noRow, type Predicate, union } from './predicate.ts'

/** What predicates are compiled with. */
export interface AccessIndex {
  readonly definitions: Pick<Definitions, 'compartments' | 'properties' | 'resourceTypes'>
  readonly indexes: Pick<SearchIndexes, 'index' | 'terms'>
  /** This server's own FHIR base URL. */
  readonly base: string
}

interface CompartmentIndex {
  readonly definitions: Pick<Definitions, 'compartments'>
}

/** R4 leaves these out of the compartment, though they are a patient's: see CLARIFICATIONS.md. */
const furtherMembers: Readonly<Record<string, readonly string[]>> = {
  Contract: ['patient', 'subject'],
  Device: ['patient'],
  GuidanceResponse: ['patient', 'subject'],
  Task: ['patient', 'subject'],
}

/** Codes of the search parameters by which resources of `type` belong to a patient. */
export function membership(type: string, { definitions }: CompartmentIndex): readonly string[] {
  return [...(definitions.compartments['Patient']?.[type] ?? []), ...(furtherMembers[type] ?? [])]
}

/** Whether resources of `type` may be in a patient's compartment. */
export function mayBelongToPatient(type: string, index: CompartmentIndex): boolean {
  return type === 'Patient' || type === 'Binary' || membership(type, index).length > 0
}

/** Rows of `type` in the compartment of one of the patients, whose ids these are; Binaries by their security context. */
export function inCompartment(type: string, ids: readonly string[], index: AccessIndex): Predicate {
  if (ids.length === 0) return noRow
  const { indexes } = index
  const { standard, principal } = indexes.index(type)
  const patients = ids.map((id) => indexes.terms.key('Patient', id))
  if (type === 'Binary') return union({ patients })
  const terms: bigint[] = []
  let byColumn = false
  for (const path of membership(type, index).flatMap((code) => standard.get(code)?.paths ?? [])) {
    if (path.resolveType !== undefined && path.resolveType !== 'Patient') continue
    if (principal.patient?.text === path.text) byColumn = true
    else {
      const constant = targetConstant(path, 'Patient', indexes.terms)
      terms.push(...patients.map((key) => BigInt.asIntN(64, key ^ constant)))
    }
  }
  return union({ ...(byColumn && { patients }), terms, ...(type === 'Patient' && { keys: patients }) })
}

/**
 * Those of them that are these patients' in the first place: of an Observation its subject's, not its performer's. Who is
 * only mentioned in another's record may read that, and not change it.
 */
export function inOwnRecord(type: string, ids: readonly string[], index: AccessIndex): Predicate {
  const belongs = inCompartment(type, ids, index)
  if (belongs.kind !== 'union' || belongs.patients.length === 0) return belongs
  return union({ patients: belongs.patients, keys: belongs.keys })
}
