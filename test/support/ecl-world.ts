/** A small ontology, made up from a seed, and what an expression chooses in it by the words of the specification. */
import type { AttributeRow, ConceptGraph } from '../../server/fhir/terminology/ecl/graph.ts'
import { termMatches, valuePasses } from '../../server/fhir/terminology/ecl/match.ts'
import type { FilterTest } from '../../server/fhir/terminology/ecl/plan.ts'
import type {
  Cardinality,
  Comparison,
  Constraint,
  Filter,
  Refinement,
} from '../../server/fhir/terminology/ecl/syntax.ts'
import { oneOf, randomFrom } from './random.ts'

export interface World {
  readonly codes: readonly string[]
  readonly attributes: readonly string[]
  readonly refsets: readonly string[]
  readonly parents: ReadonlyMap<string, readonly string[]>
  readonly rows: readonly AttributeRow[]
  readonly memberships: readonly (readonly [refset: string, code: string])[]
  readonly terms: ReadonlyMap<string, string>
  readonly defined: ReadonlySet<string>
}

const size = 40
const terms = ['Heart attack', 'Gastritis', 'Ménière disease', 'Heart valve', 'Acute gastric ulcer']

export function randomWorld(seed: number): World {
  const random = randomFrom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const codes = Array.from({ length: size }, (_, i) => String(100_000_100 + i))
  const attributes = codes.slice(1, 7)
  const parents = new Map(
    codes.map((code, i) => {
      const count = i === 0 ? 0 : 1 + below(3)
      return [code, [...new Set(Array.from({ length: count }, () => codes[below(i)]!))]]
    }),
  )
  const rows = Array.from({ length: 90 }, (): AttributeRow => {
    const value =
      random() < 0.15 ? { text: String(below(4)), type: 'number' as const } : { concept: oneOf(random, codes) }
    return { source: oneOf(random, codes), name: oneOf(random, attributes), group: below(3), value }
  })
  const refsets = codes.slice(7, 10)
  return {
    codes,
    attributes,
    refsets,
    parents,
    rows,
    memberships: Array.from({ length: 30 }, () => [oneOf(random, refsets), oneOf(random, codes)] as const),
    terms: new Map(codes.map((code) => [code, oneOf(random, terms)])),
    defined: new Set(codes.filter(() => random() < 0.4)),
  }
}

type Codes = ReadonlySet<string>

/** The world as a graph; each answer comes at once. */
export function graphOf(world: World): ConceptGraph {
  const up = (code: string) => world.parents.get(code) ?? []
  const down = (code: string) => world.codes.filter((other) => up(other).includes(code))
  const closure = (of: Codes, next: (code: string) => readonly string[], self: boolean) => {
    const found = new Set<string>(self ? of : [])
    const queue = [...of].flatMap(next)
    for (let code = queue.pop(); code !== undefined; code = queue.pop()) {
      if (found.has(code) && !(of.has(code) && self)) continue
      if (!found.has(code) || of.has(code)) queue.push(...next(code))
      found.add(code)
    }
    return found
  }
  const has = (set: Codes | 'any', code: string) => set === 'any' || set.has(code)
  return {
    all: () => new Set(world.codes),
    concepts: (codes) => new Set(codes.filter((code) => world.codes.includes(code))),
    descendants: (of, self) => closure(of, down, self),
    ancestors: (of, self) => closure(of, up, self),
    children: (of) => new Set([...of].flatMap(down)),
    parents: (of) => new Set([...of].flatMap(up)),
    members: (refsets) => new Set(world.memberships.filter(([refset]) => has(refsets, refset)).map(([, code]) => code)),
    withAttribute: (names, test) =>
      new Set(
        world.rows
          .filter(({ name, value }) => has(names, name) && valuePasses(test, value, has))
          .map(({ source }) => source),
      ),
    attributeValues: (of, names) =>
      new Set(
        world.rows
          .filter(({ source, name }) => has(of, source) && has(names, name))
          .flatMap(({ value }) => ('concept' in value ? value.concept : [])),
      ),
    replacedBy: () => new Set(),
    attributesFrom: (concepts) => world.rows.filter(({ source }) => concepts.has(source)),
    attributesTo: (concepts) => world.rows.filter(({ value }) => 'concept' in value && concepts.has(value.concept)),
    filtered: (_on, tests) => new Set(world.codes.filter((code) => tests.every((test) => passes(world, code, test)))),
    none: () => new Set(),
    of: (concepts) => new Set(concepts),
    has: (concepts, concept) => concepts.has(concept),
    isEmpty: (concepts) => concepts.size === 0,
    parts: (concepts) => [...concepts].map((code) => new Set([code])),
    unite: (sets) => new Set(sets.flatMap((set) => [...set])),
    intersect: (a, b) => new Set([...a].filter((code) => b.has(code))),
    subtract: (from, without) => new Set([...from].filter((code) => !without.has(code))),
  }
}

const definedStatus = '900000000000073002'
const primitiveStatus = '900000000000074008'

function passes(world: World, code: string, test: FilterTest<Codes>): boolean {
  if (test.field === 'term')
    return test.terms.some((term) => termMatches(world.terms.get(code)!, term)) !== test.negated
  if (test.field === 'active') return test.active !== false
  if (test.field !== 'definitionStatusId') return true
  // The statuses are no concepts of this world; what asks for one of them finds none.
  return test.concepts.has(world.defined.has(code) ? definedStatus : primitiveStatus) !== test.negated
}

/** What a constraint chooses, concept by concept, with nothing clever. */
export function chosenBy(world: World, constraint: Constraint): Set<string> {
  const isBelow = (code: string, top: string): boolean =>
    (world.parents.get(code) ?? []).some((parent) => parent === top || isBelow(parent, top))
  const known = new Map<Constraint, Set<string>>()
  const set = (of: Constraint): Set<string> => {
    const found = known.get(of) ?? new Set(world.codes.filter((code) => holds(code, of)))
    known.set(of, found)
    return found
  }
  const some = (of: Constraint, test: (other: string) => boolean) => [...set(of)].some(test)
  const parentsOf = (code: string) => world.parents.get(code) ?? []
  const operators: Readonly<Record<string, (code: string, of: Constraint) => boolean>> = {
    '<': (code, of) => some(of, (other) => isBelow(code, other)),
    '<<': (code, of) => some(of, (other) => other === code || isBelow(code, other)),
    '<!': (code, of) => some(of, (other) => parentsOf(code).includes(other)),
    '<<!': (code, of) => some(of, (other) => other === code || parentsOf(code).includes(other)),
    '>': (code, of) => some(of, (other) => isBelow(other, code)),
    '>>': (code, of) => some(of, (other) => other === code || isBelow(other, code)),
    '>!': (code, of) => some(of, (other) => parentsOf(other).includes(code)),
    '>>!': (code, of) => some(of, (other) => other === code || parentsOf(other).includes(code)),
    '!!>': (code, of) => set(of).has(code) && !some(of, (other) => isBelow(code, other)),
    '!!<': (code, of) => set(of).has(code) && !some(of, (other) => isBelow(other, code)),
  }
  const holds = (code: string, of: Constraint): boolean => {
    switch (of.kind) {
      case 'any':
        return true
      case 'concept':
        return code === of.code
      case 'related':
        return operators[of.operator]!(code, of.of)
      case 'members':
        return world.memberships.some(([refset, member]) => member === code && set(of.of).has(refset))
      case 'and':
        return of.parts.every((part) => holds(code, part))
      case 'or':
        return of.parts.some((part) => holds(code, part))
      case 'minus':
        return holds(code, of.from) && !holds(code, of.without)
      case 'dotted':
        return world.rows.some(
          ({ source, name, value }) =>
            'concept' in value && value.concept === code && set(of.of).has(source) && set(of.name).has(name),
        )
      case 'refined':
        return holds(code, of.focus) && refines(code, of.refinement)
      case 'filtered':
        return holds(code, of.of) && of.filters.every((filter) => isFiltered(world, code, filter))
      default:
        throw new Error(`no ${of.kind} in this world`)
    }
  }
  const compares = (row: AttributeRow, comparison: Comparison): boolean => {
    const { value } = row
    if ('concept' in value) {
      return (
        comparison.kind === 'concepts' && set(comparison.values).has(value.concept) === (comparison.operator === '=')
      )
    }
    if (comparison.kind !== 'number') return false
    const difference = Number(value.text) - Number(comparison.value)
    return {
      '=': difference === 0,
      '!=': difference !== 0,
      '<': difference < 0,
      '<=': difference <= 0,
      '>': difference > 0,
      '>=': difference >= 0,
    }[comparison.operator]
  }
  const within = ({ min, max }: Cardinality, rows: readonly AttributeRow[], key: (row: AttributeRow) => string) => {
    const count = new Set(rows.map(key)).size
    return min <= count && count <= max
  }
  const refines = (code: string, refinement: Refinement, group?: number): boolean => {
    if (refinement.kind === 'and') return refinement.parts.every((part) => refines(code, part, group))
    if (refinement.kind === 'or') return refinement.parts.some((part) => refines(code, part, group))
    if (refinement.kind === 'group') {
      const own = world.rows.filter(({ source, group: number }) => source === code && number > 0)
      const passing = own.filter((row) => refines(code, refinement.refinement, row.group))
      return within(refinement.cardinality, passing, (row) => String(row.group))
    }
    if (refinement.kind !== 'attribute') return false
    const { comparison, cardinality } = refinement
    const named = world.rows.filter(({ name }) => set(refinement.name).has(name))
    if (refinement.reverse) {
      const rows = named.filter(({ source, value }) => {
        if (comparison.kind !== 'concepts' || !('concept' in value) || value.concept !== code) return false
        return set(comparison.values).has(source) === (comparison.operator === '=')
      })
      return within(cardinality, rows, ({ source, name }) => `${source} ${name}`)
    }
    const rows = named.filter(
      (row) => row.source === code && (group === undefined || row.group === group) && compares(row, comparison),
    )
    return within(cardinality, rows, ({ name, value }) => `${name} ${JSON.stringify(value)}`)
  }
  return set(constraint)
}

function isFiltered(world: World, code: string, { values, operator }: Filter): boolean {
  if (values.kind !== 'terms') throw new Error('no such filter in this world')
  const own = world.terms.get(code)!.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(' ')
  const found = values.terms.some(({ text }) =>
    text.split(' ').every((prefix) => own.some((word) => word.startsWith(prefix))),
  )
  return found === (operator === '=')
}
