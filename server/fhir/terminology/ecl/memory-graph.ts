/** A code system in memory, such as a fragment of SNOMED CT that a request brings along, as a graph. */
import { propertyText } from '../code-table.ts'
import { hasNumber, numbersOf, type Ranges, rangeOf, rangesOf, subtract, unite } from '../ranges.ts'
import { allOf, type System } from '../system.ts'
import { areKnown, describedSo } from './description-tests.ts'
import type { AttributeRow, AttributeValue, ConceptGraph } from './graph.ts'
import { valuePasses } from './match.ts'
import type { FilterTest } from './plan.ts'
import { associationsAmong, isAttribute, rangesAlgebra } from './ranges-algebra.ts'

/** Resources do not tell which attributes lie in one group: each is in one of its own. */
export function memoryGraph(system: System): ConceptGraph<Ranges, number> {
  const numbers = (codes: readonly string[]) => rangesOf(codes.flatMap((code) => system.numberOf(code) ?? []))
  const upwards = (of: Ranges) => unite(numbersOf(of).map((number) => system.above(number)))
  const parents = (of: Ranges) => rangesOf(numbersOf(of).flatMap((number) => system.concept(number).parents))
  const rows = (of: Ranges) => numbersOf(of).flatMap((number) => attributesOf(system, number))
  return {
    all: () => subtract(allOf(system), system.inactive()),
    concepts: numbers,
    descendants: (of, self) => unite(numbersOf(of).map((number) => belowOf(system, number, self))),
    ancestors: (of, self) => upwards(self ? of : parents(of)),
    children: (of) => unite(numbersOf(of).map((number) => system.children(number))),
    parents,
    members: (refsets) => {
      if (refsets === 'any') return system.having('refset', { kind: 'present' })
      const codes = numbersOf(refsets).map((number) => system.concept(number).code)
      return unite(codes.map((value) => system.having('refset', { kind: 'value', value })))
    },
    withAttribute: (names, test) => {
      const found = rows(allOf(system)).filter(({ name, value }) => has(names, name) && valuePasses(test, value, has))
      return rangesOf(found.map(({ source }) => source))
    },
    attributeValues: (of, names) => {
      const found = rows(of === 'any' ? allOf(system) : of).filter(({ name }) => has(names, name))
      return rangesOf(found.flatMap(({ value }) => ('concept' in value ? value.concept : [])))
    },
    attributesFrom: rows,
    attributesTo: (of) => rows(allOf(system)).filter(({ value }) => 'concept' in value && hasNumber(of, value.concept)),
    replacedBy: (of, associations) => {
      const properties = associationsAmong(system.properties, associations)
      const codes = numbersOf(of).map((number) => system.concept(number).code)
      const tests = properties.flatMap((property) => codes.map((value) => ({ property, value })))
      return unite(tests.map(({ property, value }) => system.having(property, { kind: 'value', value })))
    },
    filtered: (on, tests) => filtered(system, on, tests),
    ...rangesAlgebra,
  }
}

function has(set: Ranges | 'any', number: number): boolean {
  return set === 'any' || hasNumber(set, number)
}

function belowOf(system: System, number: number, self: boolean): Ranges {
  const below = system.below(number)
  return self ? below : subtract(below, rangeOf(number, number + 1))
}

function attributesOf(system: System, source: number): AttributeRow<number>[] {
  return system.concept(source).properties.flatMap((property, i) => {
    const code = String(property['code'])
    const name = isAttribute(code) ? system.numberOf(code) : undefined
    if (name === undefined) return []
    return [{ source, name, group: i + 1, value: attributeValue(system, property) }]
  })
}

function attributeValue(system: System, property: Parameters<typeof propertyText>[0]): AttributeValue<number> {
  const text = propertyText(property)
  const concept = system.numberOf(text)
  if (concept !== undefined) return { concept }
  if ('valueBoolean' in property) return { text, type: 'boolean' }
  return { text, type: 'valueDecimal' in property || 'valueInteger' in property ? 'number' : 'string' }
}

function filtered(
  system: System,
  on: 'description' | 'concept',
  tests: readonly FilterTest<Ranges>[],
): Ranges | undefined {
  if (on === 'description') {
    if (!areKnown(tests)) return undefined
    const isIn = (concepts: Ranges, code: string) => {
      const number = system.numberOf(code)
      return number !== undefined && hasNumber(concepts, number)
    }
    const all = numbersOf(allOf(system))
    return rangesOf(all.filter((number) => describedSo(system.concept(number), tests, isIn)))
  }
  const found = tests.map((test) => {
    if (test.field !== 'active') return undefined
    if (test.active === undefined) return allOf(system)
    return test.active ? subtract(allOf(system), system.inactive()) : system.inactive()
  })
  return found.reduce((a, b) => a && b && rangesAlgebra.intersect(a, b), allOf(system))
}
