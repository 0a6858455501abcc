/** What a search asks of a resource: checked, and not yet SQL. https://hl7.org/fhir/R4/search.html */
import type { IndexedParameter } from './search-index.ts'

/** One condition: a parameter with its values, of which one must match. */
export interface ParameterCriterion {
  readonly kind: 'parameter'
  /** As written, for messages. */
  readonly name: string
  readonly parameter: IndexedParameter
  readonly modifier?: string
  /** Still escaped: each type splits its own parts. */
  readonly values: readonly string[]
}

/** `subject:Patient.name=x`: what the reference points at must meet `next`. */
export interface ChainCriterion {
  readonly kind: 'chain'
  readonly name: string
  readonly parameter: IndexedParameter
  /** One for each target type on which the rest of the chain makes sense. */
  readonly next: readonly { readonly type: string; readonly criterion: Criterion }[]
}

/** `_has:Observation:patient:code=x`: something of `type` that points here must meet `next`. */
export interface HasCriterion {
  readonly kind: 'has'
  readonly name: string
  readonly type: string
  readonly parameter: IndexedParameter
  readonly next: Criterion
}

/** Parameters that are not in the index of a type: `_id`, `_lastUpdated`, `_text`, `_content`, `_list`, `_filter`. */
export interface SpecialCriterion {
  readonly kind: 'special'
  readonly name: string
  readonly modifier?: string
  readonly values: readonly string[]
}

/** One of several must match: the parameters by which a resource is in a compartment. */
export interface AnyCriterion {
  readonly kind: 'any'
  readonly name: string
  readonly criteria: readonly Criterion[]
}

/** The principal date overlaps a period, or there is none: the care dates of `$everything`. In milliseconds. */
export interface PeriodCriterion {
  readonly kind: 'period'
  readonly name: string
  readonly low: number
  readonly high: number
}

/** What one parameter of a search asks, or what the server asks besides. */
export type Criterion =
  | ParameterCriterion
  | ChainCriterion
  | HasCriterion
  | SpecialCriterion
  | AnyCriterion
  | PeriodCriterion
