/** Makes the plan of an expression. */
import type { Plan, Relation } from './plan.ts'
import { filterTests } from './plan-filters.ts'
import { type Exactness, type PlanAlgebra, refinementPlan } from './plan-refinement.ts'
import { type Constraint, EclError, type FilterTarget, type Operator } from './syntax.ts'

const all: Plan = { kind: 'all' }
const none: Plan = { kind: 'none' }

/** Throws `EclError` for what the language allows and this server cannot answer. */
export function planOf(constraint: Constraint): Plan {
  switch (constraint.kind) {
    case 'any':
      return all
    case 'concept':
      return { kind: 'codes', codes: [constraint.code] }
    case 'related':
      return operators[constraint.operator](planOf(constraint.of))
    case 'members':
      return membersOf(constraint.of, constraint.fields, constraint.at)
    case 'and':
      return intersection(constraint.parts.map(planOf))
    case 'or':
      return union(constraint.parts.map(planOf))
    case 'minus':
      return difference(planOf(constraint.from), planOf(constraint.without))
    case 'refined':
      return refined(planOf(constraint.focus), refinementPlan(constraint.refinement, algebra))
    case 'dotted':
      return { kind: 'values', of: planOf(constraint.of), names: planOf(constraint.name) }
    case 'filtered':
      return filteredBy(constraint)
    case 'history':
      return historyPlan(constraint)
    case 'alternate':
      throw unsupported(`Codes of '${constraint.scheme}'`, constraint.at)
  }
}

function unsupported(what: string, at: number): EclError {
  return new EclError(`At character ${at + 1}: ${what} cannot be evaluated here.`, at)
}

function membersOf(refsets: Constraint, fields: readonly string[] | undefined, at: number): Plan {
  if (fields && (fields.length > 1 || fields[0]!.toLowerCase() !== 'referencedcomponentid')) {
    throw unsupported('Fields of reference sets', at)
  }
  return { kind: 'members', refsets: planOf(refsets) }
}

type Filtered = Constraint & { readonly kind: 'filtered' }

/** All concepts are those in use, unless a filter asks for others. */
function filteredBy(constraint: Filtered): Plan {
  const tests: Plan[] = []
  let of: Constraint = constraint
  for (; of.kind === 'filtered'; of = of.of) tests.unshift(filteredPlan(of.on, of.filters))
  const from = planOf(of)
  const saysActive = tests.some(
    (plan) => plan.kind === 'filtered' && plan.on === 'concept' && plan.tests.some(({ field }) => field === 'active'),
  )
  if (isOfAll(from) && !saysActive) tests.push(activeOnly)
  return intersection([from, ...tests])
}

/** `*`, or `*` without some. */
function isOfAll(plan: Plan): boolean {
  return plan.kind === 'all' || (plan.kind === 'difference' && plan.from.kind === 'all')
}

const activeOnly: Plan = { kind: 'filtered', on: 'concept', tests: [{ field: 'active', active: true }] }

const sameAs = '900000000000527005'
/** https://docs.snomed.org/snomed-ct-specifications/snomed-ct-expression-constraint-language, "History supplements" */
const profiles: Readonly<Record<string, readonly string[] | 'any'>> = {
  min: [sameAs],
  // REPLACED BY, WAS A, PARTIALLY EQUIVALENT TO
  mod: [sameAs, '900000000000526001', '900000000000528000', '1186924009'],
  max: 'any',
}

function historyPlan({ of, profile = 'max', associations, at }: Constraint & { readonly kind: 'history' }): Plan {
  if (!associations) return { kind: 'history', of: planOf(of), associations: profiles[profile]! }
  const named = planOf(associations)
  if (named.kind === 'codes') return { kind: 'history', of: planOf(of), associations: named.codes }
  throw unsupported('Associations that are not named one by one', at)
}

function filteredPlan(on: FilterTarget, filters: Parameters<typeof filterTests>[1]): Plan {
  if (on === 'member') throw unsupported('Filters of members', filters[0]!.at)
  return { kind: 'filtered', on, tests: filterTests(on, filters, planOf) }
}

const operators: Readonly<Record<Operator, (of: Plan) => Plan>> = {
  '<': (of) => related('descendants', false, of),
  '<<': (of) => related('descendants', true, of),
  '<!': (of) => related('children', false, of),
  '<<!': (of) => related('children', true, of),
  '>': (of) => related('ancestors', false, of),
  '>>': (of) => related('ancestors', true, of),
  '>!': (of) => related('parents', false, of),
  '>>!': (of) => related('parents', true, of),
  // The top of a set is what has nothing of the set above it.
  '!!>': (of) => difference(of, related('descendants', false, of)),
  '!!<': (of) => difference(of, related('ancestors', false, of)),
}

function related(relation: Relation, self: boolean, of: Plan): Plan {
  if (of.kind === 'none' || (of.kind === 'all' && self)) return of
  const transitive = relation === 'descendants' || relation === 'ancestors'
  // What is below what is below is below.
  if (transitive && of.kind === 'related' && of.relation === relation && (self || of.self)) {
    return related(relation, self && of.self, of.of)
  }
  return { kind: 'related', relation, self, of }
}

function union(plans: readonly Plan[]): Plan {
  const parts = plans
    .flatMap((plan) => (plan.kind === 'union' ? plan.parts : [plan]))
    .filter(({ kind }) => kind !== 'none')
  if (parts.some(({ kind }) => kind === 'all')) return all
  const joined = joinRelated(joinCodes(parts))
  return joined.length > 1 ? { kind: 'union', parts: joined } : (joined[0] ?? none)
}

function joinCodes(parts: readonly Plan[]): Plan[] {
  const codes = parts.flatMap((part) => (part.kind === 'codes' ? part.codes : []))
  if (codes.length === 0) return [...parts]
  return [{ kind: 'codes', codes: [...new Set(codes)] }, ...parts.filter(({ kind }) => kind !== 'codes')]
}

/** `<< a OR << b` is `<< (a OR b)`: one walk instead of two. */
function joinRelated(parts: readonly Plan[]): Plan[] {
  const groups = new Map<string, (Plan & { readonly kind: 'related' })[]>()
  for (const part of parts) {
    if (part.kind !== 'related') continue
    const key = `${part.relation} ${part.self}`
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  const others = parts.filter(({ kind }) => kind !== 'related')
  return [
    ...others,
    ...[...groups.values()].map((group) =>
      related(group[0]!.relation, group[0]!.self, union(group.map(({ of }) => of))),
    ),
  ]
}

function intersection(plans: readonly Plan[]): Plan {
  const parts = plans.flatMap((plan) => (plan.kind === 'intersection' ? plan.parts : [plan]))
  if (parts.some(({ kind }) => kind === 'none')) return none
  // What is not in a set is subtracted, rather than all others found.
  const complements = parts.flatMap((part) =>
    part.kind === 'difference' && part.from.kind === 'all' ? [part.without] : [],
  )
  const positive = parts.filter(
    (part) => part.kind !== 'all' && !(part.kind === 'difference' && part.from.kind === 'all'),
  )
  const whole: Plan = positive.length > 1 ? { kind: 'intersection', parts: positive } : (positive[0] ?? all)
  return complements.length === 0 ? whole : difference(whole, union(complements))
}

function difference(from: Plan, without: Plan): Plan {
  if (from.kind === 'none' || without.kind === 'none') return from
  if (without.kind === 'all') return none
  // `a MINUS b MINUS c`
  if (from.kind === 'difference') return difference(from.from, union([from.without, without]))
  return { kind: 'difference', from, without }
}

function refined(focus: Plan, { set, test }: Exactness): Plan {
  const among = intersection([focus, set])
  return test === undefined || among.kind === 'none' ? among : { kind: 'tested', among, test }
}

const algebra: PlanAlgebra = { planOf, union, intersection, difference }
