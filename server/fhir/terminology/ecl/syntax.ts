/**
 * What an expression of SNOMED CT's Expression Constraint Language (2.2) is made of.
 * https://docs.snomed.org/snomed-ct-specifications/snomed-ct-expression-constraint-language
 */

export type Constraint =
  | { readonly kind: 'any' }
  | { readonly kind: 'concept'; readonly code: string; readonly term?: string }
  /** A code of another system, such as `LOINC#54486-6`. */
  | { readonly kind: 'alternate'; readonly scheme: string; readonly code: string; readonly at: number }
  | { readonly kind: 'related'; readonly operator: Operator; readonly of: Constraint }
  | {
      readonly kind: 'members'
      readonly of: Constraint
      /** Of what the members tell: as a rule, the concepts that they are. */
      readonly fields?: readonly string[]
      readonly at: number
    }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Constraint[] }
  | { readonly kind: 'minus'; readonly from: Constraint; readonly without: Constraint }
  | { readonly kind: 'refined'; readonly focus: Constraint; readonly refinement: Refinement }
  /** The values of an attribute. */
  | { readonly kind: 'dotted'; readonly of: Constraint; readonly name: Constraint }
  | {
      readonly kind: 'filtered'
      readonly of: Constraint
      readonly on: FilterTarget
      readonly filters: readonly Filter[]
    }
  /** With concepts out of use that were replaced by these. */
  | {
      readonly kind: 'history'
      readonly of: Constraint
      readonly profile?: string
      readonly associations?: Constraint
      readonly at: number
    }

export type Operator = '<' | '<<' | '<!' | '<<!' | '>' | '>>' | '>!' | '>>!' | '!!>' | '!!<'

export type Refinement =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Refinement[] }
  | { readonly kind: 'group'; readonly cardinality: Cardinality; readonly refinement: Refinement }
  | {
      readonly kind: 'attribute'
      readonly cardinality: Cardinality
      /** The concepts are the values of the attribute, not those who have it. */
      readonly reverse: boolean
      readonly name: Constraint
      readonly comparison: Comparison
      readonly at: number
    }

export interface Cardinality {
  readonly min: number
  /** `Infinity` for `*`. */
  readonly max: number
}

export type Comparison =
  | { readonly kind: 'concepts'; readonly operator: Equality; readonly values: Constraint }
  | { readonly kind: 'number'; readonly operator: Ordering; readonly value: string }
  | { readonly kind: 'string'; readonly operator: Equality; readonly values: readonly SearchTerm[] }
  | { readonly kind: 'boolean'; readonly operator: Equality; readonly value: boolean }

export type Equality = '=' | '!='
export type Ordering = Equality | '<' | '<=' | '>' | '>='

export interface SearchTerm {
  /** `match`: words begin so, in any order; `wild`: the whole text, where `*` is anything; `exact`: this text. */
  readonly kind: 'match' | 'wild' | 'exact'
  readonly text: string
}

export type FilterTarget = 'description' | 'concept' | 'member'

/** `term = ("heart" wild:"*itis")`, `active = 1`, `moduleId = 900000000000207008`. */
export interface Filter {
  /** In lower case. */
  readonly field: string
  readonly operator: Ordering
  readonly values: FilterValues
  readonly at: number
}

export type FilterValues =
  | { readonly kind: 'terms'; readonly terms: readonly SearchTerm[] }
  /** `en`, `syn`, `primitive`, `true`, `1`; with the acceptabilities of dialects. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly acceptabilities: readonly string[] }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'concepts'; readonly values: Constraint; readonly acceptabilities: readonly string[] }

/** Says what is wrong with an expression, and where: the place counts characters from 0. */
export class EclError extends Error {
  readonly at: number

  constructor(reason: string, at: number) {
    super(reason)
    this.at = at
  }
}
