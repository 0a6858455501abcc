/** Finds the concepts that a plan chooses. */
import type { Answer, AttributeRow, ConceptGraph } from './graph.ts'
import { valuePasses } from './match.ts'
import type { AttributeTest, FilterTest, Plan, PlanTest, ValueTest } from './plan.ts'
import { type Cardinality, EclError } from './syntax.ts'

/** On a graph that may have to wait for its answers. */
export async function evaluatePlan<Concepts, Concept>(
  plan: Plan,
  graph: ConceptGraph<Concepts, Concept>,
): Promise<Concepts> {
  const steps = run(plan, begin(graph))
  let step = steps.next()
  while (!step.done) step = steps.next(await step.value)
  return step.value
}

/** On a graph that answers at once; throws where it does not. */
export function evaluatePlanNow<Concepts, Concept>(plan: Plan, graph: ConceptGraph<Concepts, Concept>): Concepts {
  const step = run(plan, begin(graph)).next()
  if (!step.done) throw new TypeError('The graph has promised an answer instead of giving it.')
  return step.value
}

interface Evaluation<Concepts, Concept> {
  readonly graph: ConceptGraph<Concepts, Concept>
  /** Parts that plans share are evaluated once. */
  readonly known: Map<Plan, Concepts>
}

function begin<Concepts, Concept>(graph: ConceptGraph<Concepts, Concept>): Evaluation<Concepts, Concept> {
  return { graph, known: new Map() }
}

/** What is not at hand is yielded as a promise; its result comes back. */
type Steps<T> = Generator<unknown, T, unknown>

function* ask<T>(answer: Answer<T>): Steps<T> {
  return (answer instanceof Promise ? yield answer : answer) as T
}

function* run<S, C>(plan: Plan, evaluation: Evaluation<S, C>): Steps<S> {
  const known = evaluation.known.get(plan)
  if (known !== undefined) return known
  const found = yield* evaluated(plan, evaluation)
  evaluation.known.set(plan, found)
  return found
}

function* evaluated<S, C>(plan: Plan, evaluation: Evaluation<S, C>): Steps<S> {
  const { graph } = evaluation
  switch (plan.kind) {
    case 'none':
      return graph.none()
    case 'all':
      return yield* ask(graph.all())
    case 'codes':
      return yield* ask(graph.concepts(plan.codes))
    case 'related':
      return yield* relatedTo(plan, evaluation)
    case 'members':
      return yield* ask(graph.members(yield* orAny(plan.refsets, evaluation)))
    case 'union':
      return graph.unite(yield* each(plan.parts, evaluation))
    case 'intersection':
      return yield* intersected(plan.parts, evaluation)
    case 'difference':
      return yield* subtracted(plan.from, plan.without, evaluation)
    case 'having': {
      const names = yield* orAny(plan.names, evaluation)
      return yield* ask(graph.withAttribute(names, yield* valueTest(plan.values, evaluation)))
    }
    case 'values': {
      const of = yield* orAny(plan.of, evaluation)
      return yield* ask(graph.attributeValues(of, yield* orAny(plan.names, evaluation)))
    }
    case 'history': {
      const of = yield* run(plan.of, evaluation)
      return graph.unite([of, yield* ask(graph.replacedBy(of, plan.associations))])
    }
    case 'tested':
      return yield* tested(plan.among, plan.test, evaluation)
    case 'filtered':
      return yield* filtered(plan, evaluation)
  }
}

function* each<S, C>(plans: readonly Plan[], evaluation: Evaluation<S, C>): Steps<S[]> {
  const found: S[] = []
  for (const plan of plans) found.push(yield* run(plan, evaluation))
  return found
}

/** All concepts are not listed where they can be meant. */
function* orAny<S, C>(plan: Plan, evaluation: Evaluation<S, C>): Steps<S | 'any'> {
  return plan.kind === 'all' ? 'any' : yield* run(plan, evaluation)
}

function* relatedTo<S, C>(plan: Plan & { kind: 'related' }, evaluation: Evaluation<S, C>): Steps<S> {
  const { graph } = evaluation
  const { relation, self } = plan
  const of = yield* run(plan.of, evaluation)
  if (relation === 'descendants' || relation === 'ancestors') return yield* ask(graph[relation](of, self))
  const found = yield* ask(graph[relation](of))
  return self ? graph.unite([of, found]) : found
}

function* intersected<S, C>(parts: readonly Plan[], evaluation: Evaluation<S, C>): Steps<S> {
  const { graph } = evaluation
  let found: S | undefined
  for (const part of parts) {
    const set = yield* run(part, evaluation)
    found = found === undefined ? set : graph.intersect(found, set)
    if (graph.isEmpty(found)) return found
  }
  return found ?? graph.none()
}

function* subtracted<S, C>(from: Plan, without: Plan, evaluation: Evaluation<S, C>): Steps<S> {
  const found = yield* run(from, evaluation)
  return evaluation.graph.isEmpty(found) ? found : evaluation.graph.subtract(found, yield* run(without, evaluation))
}

function* valueTest<S, C>(test: ValueTest<Plan>, evaluation: Evaluation<S, C>): Steps<ValueTest<S | 'any'>> {
  return test.kind === 'concepts' ? { ...test, values: yield* orAny(test.values, evaluation) } : test
}

function* filtered<S, C>(plan: Plan & { kind: 'filtered' }, evaluation: Evaluation<S, C>): Steps<S> {
  const tests: FilterTest<S>[] = []
  for (const test of plan.tests) {
    tests.push('concepts' in test ? { ...test, concepts: yield* run(test.concepts, evaluation) } : test)
  }
  const found = yield* ask(evaluation.graph.filtered(plan.on, tests))
  if (found === undefined) {
    throw new EclError(`The filters by ${tests.map(({ field }) => field).join(', ')} cannot be evaluated here.`, 0)
  }
  return found
}

function* tested<S, C>(among: Plan, plan: PlanTest, evaluation: Evaluation<S, C>): Steps<S> {
  const { graph } = evaluation
  const candidates = yield* run(among, evaluation)
  if (graph.isEmpty(candidates)) return candidates
  const test = yield* resolved(plan, evaluation)
  const found: S[] = []
  for (const part of graph.parts(candidates)) found.push(yield* passingOf(part, test, isReversed(plan), graph))
  return graph.unite(found)
}

function* passingOf<S, C>(among: S, test: Test<S>, reversed: boolean, graph: ConceptGraph<S, C>): Steps<S> {
  const from = bySource(yield* ask(graph.attributesFrom(among)), ({ source }) => source)
  const to = reversed
    ? bySource(yield* ask(graph.attributesTo(among)), ({ value }) => ('concept' in value ? value.concept : undefined))
    : new Map<C, AttributeRow<C>[]>()
  const passing = new Set<C>()
  const failing = new Set<C>()
  for (const concept of new Set([...from.keys(), ...to.keys()])) {
    const attributes = { from: from.get(concept) ?? [], to: to.get(concept) ?? [] }
    ;(passes(test, attributes, graph) ? passing : failing).add(concept)
  }
  // Concepts without any attribute are in no row, and may pass where none is asked for.
  return passes(test, { from: [], to: [] }, graph)
    ? graph.subtract(among, graph.of(failing))
    : graph.intersect(among, graph.of(passing))
}

type Test<S> = AttributeTest<S | 'any'>

function* resolved<S, C>(test: PlanTest, evaluation: Evaluation<S, C>): Steps<Test<S>> {
  if (test.kind === 'group') return { ...test, test: yield* resolved(test.test, evaluation) }
  if (test.kind === 'attribute') {
    const names = yield* orAny(test.names, evaluation)
    return { ...test, names, values: yield* valueTest(test.values, evaluation) }
  }
  const parts: Test<S>[] = []
  for (const part of test.parts) parts.push(yield* resolved(part, evaluation))
  return { kind: test.kind, parts }
}

function isReversed(test: PlanTest): boolean {
  if (test.kind === 'attribute') return test.reverse
  return test.kind !== 'group' && test.parts.some(isReversed)
}

function bySource<C>(rows: Iterable<AttributeRow<C>>, key: (row: AttributeRow<C>) => C | undefined) {
  const found = new Map<C, AttributeRow<C>[]>()
  for (const row of rows) {
    const concept = key(row)
    if (concept === undefined) continue
    const list = found.get(concept)
    if (list) list.push(row)
    else found.set(concept, [row])
  }
  return found
}

interface Attributes<C> {
  readonly from: readonly AttributeRow<C>[]
  readonly to: readonly AttributeRow<C>[]
}

function passes<S, C>(test: Test<S>, attributes: Attributes<C>, graph: ConceptGraph<S, C>): boolean {
  switch (test.kind) {
    case 'and':
      return test.parts.every((part) => passes(part, attributes, graph))
    case 'or':
      return test.parts.some((part) => passes(part, attributes, graph))
    case 'attribute':
      return isWithin(test.cardinality, countOf(test, attributes, graph))
    case 'group': {
      const groups = groupsOf(attributes.from)
      return isWithin(test.cardinality, groups.filter((from) => passes(test.test, { from, to: [] }, graph)).length)
    }
  }
}

function isWithin({ min, max }: Cardinality, count: number): boolean {
  return count >= min && count <= max
}

/** The same attribute with the same value counts once, in however many groups it is. */
function countOf<S, C>(
  test: Test<S> & { kind: 'attribute' },
  { from, to }: Attributes<C>,
  graph: ConceptGraph<S, C>,
): number {
  const has = (set: S | 'any', concept: C) => set === 'any' || graph.has(set, concept)
  const found = new Set<string>()
  for (const { name, source, value } of test.reverse ? to : from) {
    if (!has(test.names, name)) continue
    const other = test.reverse ? { concept: source } : value
    if (!valuePasses(test.values, other, graph.has)) continue
    found.add(`${name} ${'concept' in other ? other.concept : `"${other.text}`}`)
  }
  return found.size
}

function groupsOf<C>(rows: readonly AttributeRow<C>[]): AttributeRow<C>[][] {
  const groups = new Map<number, AttributeRow<C>[]>()
  for (const row of rows) if (row.group !== 0) groups.set(row.group, [...(groups.get(row.group) ?? []), row])
  return [...groups.values()]
}
