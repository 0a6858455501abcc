/** What an expression is evaluated on: concepts, their hierarchy, attributes and reference sets, wherever they are kept. */

import type { FilterTest, ValueTest } from './plan.ts'

export type Answer<T> = T | Promise<T>

/** `Concepts` is a set of concepts, `Concept` one of them as it is named within sets: a code, or a number. */
export interface ConceptGraph<Concepts = ReadonlySet<string>, Concept = string> {
  /** Concepts that are in use: those out of use are found by their codes, as members, or by a filter. */
  all(): Answer<Concepts>
  /** Those of the codes that there are. */
  concepts(codes: readonly string[]): Answer<Concepts>
  /** All that lie below any of them; with `self`, also themselves. */
  descendants(of: Concepts, self: boolean): Answer<Concepts>
  ancestors(of: Concepts, self: boolean): Answer<Concepts>
  children(of: Concepts): Answer<Concepts>
  parents(of: Concepts): Answer<Concepts>
  /** The members of any of these reference sets. */
  members(refsets: Concepts | 'any'): Answer<Concepts>
  /** Who has an attribute of one of these names with such a value, in a group or not. */
  withAttribute(names: Concepts | 'any', value: ValueTest<Concepts | 'any'>): Answer<Concepts>
  /** The concepts that are values of such attributes of any of these. */
  attributeValues(of: Concepts | 'any', names: Concepts | 'any'): Answer<Concepts>
  /** Who was replaced by any of these, by historical associations of these reference sets. */
  replacedBy(of: Concepts, associations: readonly string[] | 'any'): Answer<Concepts>
  /** The attributes that these have. */
  attributesFrom(concepts: Concepts): Answer<Iterable<AttributeRow<Concept>>>
  /** The attributes whose values these are. */
  attributesTo(concepts: Concepts): Answer<Iterable<AttributeRow<Concept>>>
  /** Who passes all tests, with one description or as a concept; undefined where that cannot be told. */
  filtered(on: 'description' | 'concept', tests: readonly FilterTest<Concepts>[]): Answer<Concepts | undefined>

  none(): Concepts
  of(concepts: Iterable<Concept>): Concepts
  has(concepts: Concepts, concept: Concept): boolean
  isEmpty(concepts: Concepts): boolean
  /** The set in parts that are small enough for all attributes in them to be in memory. */
  parts(concepts: Concepts): Iterable<Concepts>
  unite(sets: readonly Concepts[]): Concepts
  intersect(a: Concepts, b: Concepts): Concepts
  subtract(from: Concepts, without: Concepts): Concepts
}

export interface AttributeRow<Concept = string> {
  readonly source: Concept
  readonly name: Concept
  /** Attributes with the same number above 0 lie in one group; those of 0 in none. */
  readonly group: number
  readonly value: AttributeValue<Concept>
}

export type AttributeValue<Concept = string> =
  | { readonly concept: Concept }
  | { readonly text: string; readonly type: 'number' | 'string' | 'boolean' }
