/**
 * Refinements as sets, as far as sets go: how often an attribute occurs, and which lie in one group, must be counted in
 * each concept. What is counted is told by a test, and the set is then one that all who pass are in.
 */
import type { Plan, PlanTest, ValuePlan } from './plan.ts'
import { type Comparison, type Constraint, EclError, type Refinement } from './syntax.ts'

export interface Exactness {
  readonly set: Plan
  /** Absent: all in the set pass. */
  readonly test?: PlanTest
}

type Attribute = Refinement & { readonly kind: 'attribute' }

/** What plans of refinements are built with. */
export interface PlanAlgebra {
  readonly planOf: (constraint: Constraint) => Plan
  readonly union: (plans: readonly Plan[]) => Plan
  readonly intersection: (plans: readonly Plan[]) => Plan
  readonly difference: (from: Plan, without: Plan) => Plan
}

export function refinementPlan(refinement: Refinement, algebra: PlanAlgebra): Exactness {
  if (refinement.kind === 'attribute') return attributePlan(refinement, algebra)
  if (refinement.kind === 'group') return groupPlan(refinement, algebra)
  const parts = refinement.parts.map((part) => refinementPlan(part, algebra))
  const sets = parts.map(({ set }) => set)
  if (refinement.kind === 'and') {
    const tests = parts.flatMap(({ test }) => test ?? [])
    const set = algebra.intersection(sets)
    return tests.length === 0 ? { set } : { set, test: tests.length > 1 ? { kind: 'and', parts: tests } : tests[0]! }
  }
  const set = algebra.union(sets)
  return parts.every(({ test }) => test === undefined) ? { set } : { set, test: testOf(refinement, algebra) }
}

function attributePlan(attribute: Attribute, algebra: PlanAlgebra): Exactness {
  const { min, max } = attribute.cardinality
  if (min === 0 && max === Number.POSITIVE_INFINITY) return { set: { kind: 'all' } }
  const some = havingPlan(attribute, algebra)
  if (max === 0) return { set: algebra.difference({ kind: 'all' }, some) }
  if (min === 1 && max === Number.POSITIVE_INFINITY) return { set: some }
  return { set: min === 0 ? { kind: 'all' } : some, test: testOf(attribute, algebra) }
}

/** Who has the attribute at all. */
function havingPlan({ reverse, name, comparison }: Attribute, algebra: PlanAlgebra): Plan {
  const names = algebra.planOf(name)
  const values = valuePlan(comparison, algebra)
  if (!reverse || values.kind !== 'concepts') return { kind: 'having', names, values }
  const of = values.negated ? algebra.difference({ kind: 'all' }, values.values) : values.values
  return { kind: 'values', of, names }
}

function valuePlan(comparison: Comparison, algebra: PlanAlgebra): ValuePlan {
  const negated = comparison.operator === '!='
  switch (comparison.kind) {
    case 'concepts':
      return { kind: 'concepts', negated, values: algebra.planOf(comparison.values) }
    case 'number':
      return { kind: 'number', operator: comparison.operator, value: Number(comparison.value) }
    case 'boolean':
      return { kind: 'boolean', value: comparison.value !== negated }
    case 'string':
      return {
        kind: 'string',
        negated,
        terms: comparison.values,
      }
  }
}

function groupPlan(group: Refinement & { readonly kind: 'group' }, algebra: PlanAlgebra): Exactness {
  const { min, max } = group.cardinality
  if (min === 0 && max === Number.POSITIVE_INFINITY) return { set: { kind: 'all' } }
  // In a group may only be what is in the concept.
  const set = min === 0 ? ({ kind: 'all' } as const) : refinementPlan(insideGroup(group.refinement), algebra).set
  return { set, test: testOf(group, algebra) }
}

/** What a concept with such a group has at least: an attribute that a group lacks may well be in another. */
function insideGroup(refinement: Refinement): Refinement {
  if (refinement.kind === 'attribute') {
    if (refinement.reverse) {
      throw new EclError(`At character ${refinement.at + 1}: reversed attributes belong to no group.`, refinement.at)
    }
    const { min } = refinement.cardinality
    return { ...refinement, cardinality: { min: Math.min(min, 1), max: Number.POSITIVE_INFINITY } }
  }
  if (refinement.kind === 'group') return refinement
  return { kind: refinement.kind, parts: refinement.parts.map(insideGroup) }
}

function testOf(refinement: Refinement, algebra: PlanAlgebra): PlanTest {
  switch (refinement.kind) {
    case 'attribute':
      return {
        kind: 'attribute',
        cardinality: refinement.cardinality,
        reverse: refinement.reverse,
        names: algebra.planOf(refinement.name),
        values: valuePlan(refinement.comparison, algebra),
      }
    case 'group':
      insideGroup(refinement.refinement)
      return { kind: 'group', cardinality: refinement.cardinality, test: testOf(refinement.refinement, algebra) }
    default:
      return { kind: refinement.kind, parts: refinement.parts.map((part) => testOf(part, algebra)) }
  }
}
