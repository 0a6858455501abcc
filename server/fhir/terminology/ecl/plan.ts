/**
 * An expression as algebra of sets: brackets, operators and groups resolved into few kinds of steps, equal parts joined,
 * and what must be tested concept by concept narrowed down by sets first.
 */
import type { Cardinality, SearchTerm } from './syntax.ts'

export type Plan =
  | { readonly kind: 'all' | 'none' }
  /** Those of them that there are. */
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  /** Of each concept in `of`; `self` adds those of `of`. */
  | { readonly kind: 'related'; readonly relation: Relation; readonly self: boolean; readonly of: Plan }
  | { readonly kind: 'members'; readonly refsets: Plan }
  | { readonly kind: 'union' | 'intersection'; readonly parts: readonly Plan[] }
  | { readonly kind: 'difference'; readonly from: Plan; readonly without: Plan }
  /** Who has an attribute of these names with such a value. */
  | { readonly kind: 'having'; readonly names: Plan; readonly values: ValuePlan }
  /** The concepts that are values of attributes of these names. */
  | { readonly kind: 'values'; readonly of: Plan; readonly names: Plan }
  /** With concepts out of use that historical associations lead from to these. */
  | { readonly kind: 'history'; readonly of: Plan; readonly associations: readonly string[] | 'any' }
  /** Those among them whose attributes pass. */
  | { readonly kind: 'tested'; readonly among: Plan; readonly test: PlanTest }
  | { readonly kind: 'filtered'; readonly on: 'description' | 'concept'; readonly tests: readonly FilterTest<Plan>[] }

export type Relation = 'descendants' | 'ancestors' | 'children' | 'parents'

/** What the value of an attribute must be. */
export type ValueTest<Concepts> =
  | { readonly kind: 'concepts'; readonly negated: boolean; readonly values: Concepts }
  | { readonly kind: 'number'; readonly operator: string; readonly value: number }
  | { readonly kind: 'string'; readonly negated: boolean; readonly terms: readonly SearchTerm[] }
  | { readonly kind: 'boolean'; readonly value: boolean }

export type ValuePlan = ValueTest<Plan>

/** What is asked of the attributes of one concept. */
export type AttributeTest<Concepts> =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly AttributeTest<Concepts>[] }
  | {
      readonly kind: 'attribute'
      readonly cardinality: Cardinality
      readonly reverse: boolean
      readonly names: Concepts
      readonly values: ValueTest<Concepts>
    }
  | { readonly kind: 'group'; readonly cardinality: Cardinality; readonly test: AttributeTest<Concepts> }

export type PlanTest = AttributeTest<Plan>

/** The tests of one pair of braces hold for one description, or for the concept. */
export type FilterTest<Concepts> =
  | { readonly field: 'term'; readonly negated: boolean; readonly terms: readonly SearchTerm[] }
  | { readonly field: 'language'; readonly negated: boolean; readonly languages: readonly string[] }
  | {
      readonly field: 'typeId' | 'moduleId' | 'definitionStatusId'
      readonly negated: boolean
      readonly concepts: Concepts
    }
  /** Absent where both will do. */
  | { readonly field: 'active'; readonly active?: boolean }
  /** Days such as `20250131`. */
  | { readonly field: 'effectiveTime'; readonly operator: string; readonly days: readonly string[] }
