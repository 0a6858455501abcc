/** Random code systems and value sets: what is expanded and validated is compared with a naive evaluator. */
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../server/fhir/json.ts'
import { expand } from '../../../server/fhir/terminology/expand.ts'
import { subsumption } from '../../../server/fhir/terminology/subsumes.ts'
import { checkInValueSet } from '../../../server/fhir/terminology/validate-code.ts'
import { oneOf, randomFrom, seed } from '../../support/random.ts'
import { memoryFacts } from './memory-facts.ts'
import { conceptsOf, isBelow, naiveMembers } from './naive-compose.ts'

type Random = () => number

const words = ['red', 'deep', 'light', 'blue', 'wood', 'iron']

function randomSystem(random: Random, url: string): JsonObject {
  const size = 1 + Math.floor(random() * 20)
  const concepts = Array.from({ length: size }, (_, i): JsonObject => {
    const property: JsonObject[] = []
    if (random() < 0.2) property.push({ code: 'inactive', valueBoolean: true })
    if (random() < 0.5) property.push({ code: 'kind', valueString: oneOf(random, ['a', 'b', 'c']) })
    if (i > 0 && random() < 0.4) property.push({ code: 'parent', valueCode: `c${Math.floor(random() * i)}` })
    const display = `${oneOf(random, words)} ${oneOf(random, words)}`
    return { code: `c${i}`, display, ...(property.length > 0 && { property }) }
  })
  // Some are nested below others that come before them.
  const roots: JsonObject[] = []
  concepts.forEach((concept, i) => {
    const parent = i > 0 && random() < 0.5 ? concepts[Math.floor(random() * i)]! : undefined
    if (!parent) roots.push(concept)
    else parent['concept'] = [...((parent['concept'] as JsonObject[] | undefined) ?? []), concept]
  })
  const property = ['kind', 'parent'].map((code) => ({ code }))
  return { resourceType: 'CodeSystem', url, content: 'complete', caseSensitive: true, property, concept: roots }
}

/** Hierarchies are asked for concepts that there are. */
function randomFilter(random: Random, system: JsonObject): JsonObject {
  const size = conceptsOf(system).length
  const code = () => `c${Math.floor(random() * 22)}`
  const concept = () => `c${Math.floor(random() * size)}`
  return oneOf<() => JsonObject>(random, [
    () => ({
      property: 'concept',
      op: oneOf(random, ['is-a', 'descendent-of', 'is-not-a', 'generalizes']),
      value: concept(),
    }),
    () => ({ property: 'kind', op: '=', value: oneOf(random, ['a', 'b', 'd']) }),
    () => ({ property: 'kind', op: oneOf(random, ['in', 'not-in']), value: 'a,c' }),
    () => ({ property: 'concept', op: oneOf(random, ['in', 'not-in']), value: `${code()},${code()},${code()}` }),
    () => ({ property: 'code', op: 'regex', value: 'c1.?' }),
    () => ({ property: 'display', op: 'regex', value: '.*red.*' }),
    () => ({ property: 'inactive', op: '=', value: oneOf(random, ['true', 'false']) }),
    () => ({ property: 'kind', op: 'exists', value: oneOf(random, ['true', 'false']) }),
  ])()
}

function randomInclude(random: Random, systems: readonly JsonObject[], valueSets: readonly string[]): JsonObject {
  const include: JsonObject = {}
  const imports = valueSets.length > 0 && random() < 0.3
  if (imports)
    include['valueSet'] = Array.from({ length: 1 + Math.floor(random() * 2) }, () => oneOf(random, valueSets))
  if (imports && random() < 0.5) return include
  const system = oneOf(random, systems)
  include['system'] = system['url']!
  if (random() < 0.4) {
    const codes = new Set(Array.from({ length: 1 + Math.floor(random() * 6) }, () => `c${Math.floor(random() * 22)}`))
    include['concept'] = [...codes].map((code) => ({ code }))
  } else if (random() < 0.7) {
    include['filter'] = Array.from({ length: 1 + Math.floor(random() * 2) }, () => randomFilter(random, system))
  }
  return include
}

function randomWorld(random: Random) {
  const systems = ['http://example.org/s1', 'http://example.org/s2'].map((url) => randomSystem(random, url))
  const valueSets: JsonObject[] = []
  for (let i = 0; i < 4; i++) {
    const known = valueSets.map(({ url }) => String(url))
    const some = (most: number) =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () => randomInclude(random, systems, known))
    const compose: JsonObject = { include: [randomInclude(random, systems, known), ...some(2)] }
    const exclude = some(1)
    if (exclude.length > 0) compose['exclude'] = exclude
    if (random() < 0.2) compose['inactive'] = false
    valueSets.push({ resourceType: 'ValueSet', url: `http://example.org/v${i}`, compose })
  }
  return { systems, valueSets, resources: [...systems, ...valueSets] }
}

describe(`random value sets (TEST_SEED=${seed})`, () => {
  const random = randomFrom(seed)
  const worlds = Array.from({ length: 150 }, () => randomWorld(random))

  test('hold what the naive evaluator finds, each code once; these validate and no others do', () => {
    for (const { systems, valueSets, resources } of worlds) {
      const facts = memoryFacts(resources)
      for (const valueSet of valueSets) {
        const expected = naiveMembers(valueSet, resources)
        const { contains, total } = expand(valueSet, facts, {})
        const found = contains.map(({ system, code }) => `${system} ${code}`)
        expect(found.toSorted(), JSON.stringify(valueSet)).toEqual([...expected].sort())
        expect(total).toBe(found.length)
        for (const system of systems) {
          for (const { code } of [...conceptsOf(system), { code: 'c99' }]) {
            const asked = { system: String(system['url']), code: String(code) }
            const { result } = checkInValueSet(String(valueSet['url']), asked, facts)
            expect(result, `${JSON.stringify(asked)} ${JSON.stringify(valueSet)}`).toBe(
              expected.has(`${asked.system} ${code}`) ? 'in' : 'out',
            )
          }
        }
      }
    }
  })

  test('come in pages that join to the whole, with and without a text', () => {
    for (const { valueSets, resources } of worlds.slice(0, 60)) {
      const facts = memoryFacts(resources)
      for (const valueSet of valueSets) {
        for (const filter of [undefined, 're', 'blue deep']) {
          const options = filter === undefined ? {} : { filter }
          const whole = expand(valueSet, facts, options).contains
          const pages = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39].flatMap(
            (offset) => expand(valueSet, facts, { ...options, offset, count: 3 }).contains,
          )
          expect(pages).toEqual(whole)
          const texts = whole.map(({ display }) => String(display).split(' '))
          const prefixes = filter?.split(' ') ?? []
          expect(texts.every((text) => prefixes.every((prefix) => text.some((word) => word.startsWith(prefix))))).toBe(
            true,
          )
        }
      }
    }
  })

  test('subsume as a walk through the hierarchy says', () => {
    for (const { systems, resources } of worlds.slice(0, 30)) {
      const facts = memoryFacts(resources)
      const [system] = systems as [JsonObject]
      const codes = conceptsOf(system).map(({ code }) => String(code))
      for (const codeA of codes) {
        for (const codeB of codes) {
          const [down, up] = [isBelow(codeB, codeA, system), isBelow(codeA, codeB, system)]
          const expected = codeA === codeB ? 'equivalent' : down ? 'subsumes' : up ? 'subsumed-by' : 'not-subsumed'
          expect(subsumption({ system: String(system['url']), codeA, codeB }, facts)).toBe(expected)
        }
      }
    }
  })
})
