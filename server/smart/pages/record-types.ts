/** What `*` in a scope stands for on the consent page. */
import { mayBelongToPatient } from '../../access/compartment-terms.ts'
import type { ScopeContext } from '../../access/scope.ts'
import { sharedTypes } from '../../access/shared-types.ts'
import type { Definitions } from '../../fhir/definitions.ts'
import { hasWords } from './type-words.ts'

export interface RecordTypes {
  /** Each has a box of its own. */
  readonly named: readonly string[]
  /** Those that share one box. */
  readonly rest: Readonly<Record<ScopeContext, readonly string[]>>
  /** They tell nothing of patients: what is shared refers to them. */
  readonly shared: readonly string[]
}

export function recordTypesOf(definitions: Pick<Definitions, 'compartments' | 'resourceTypes'>): RecordTypes {
  const isOfPatient = (type: string) => mayBelongToPatient(type, { definitions })
  const named = definitions.resourceTypes.filter((type) => isOfPatient(type) && hasWords(type))
  const shared = [...sharedTypes].filter((type) => !named.includes(type))
  const others = definitions.resourceTypes.filter((type) => !named.includes(type) && !shared.includes(type))
  return { named, shared, rest: { patient: others.filter(isOfPatient), user: others, system: others } }
}
