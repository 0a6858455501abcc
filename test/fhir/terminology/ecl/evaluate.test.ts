import { describe, expect, test } from 'vitest'
import { evaluatePlan, evaluatePlanNow } from '../../../../server/fhir/terminology/ecl/evaluate.ts'
import type { ConceptGraph } from '../../../../server/fhir/terminology/ecl/graph.ts'
import { planOf } from '../../../../server/fhir/terminology/ecl/make-plan.ts'
import { parseEcl } from '../../../../server/fhir/terminology/ecl/parse.ts'
import type { Constraint } from '../../../../server/fhir/terminology/ecl/syntax.ts'
import { chosenBy, graphOf, randomWorld } from '../../../support/ecl-world.ts'
import { randomFrom, seed } from '../../../support/random.ts'
import { eclText, randomEcl } from '../../../support/random-ecl.ts'

const expressions = 4000
const worlds = 20

describe(`expressions made up from seed ${seed}`, () => {
  test('choose what the words of the specification say, concept by concept', () => {
    const random = randomFrom(seed)
    let some = 0
    for (let i = 0; i < expressions; i++) {
      const world = randomWorld(seed + (i % worlds))
      const made = randomEcl(world, random)
      const text = eclText(made, random)
      const parsed = parseEcl(text)
      expect(withoutPlaces(parsed), text).toEqual(withoutPlaces(made))
      const chosen = [...evaluatePlanNow(planOf(parsed), graphOf(world))].sort()
      expect(chosen, text).toEqual([...chosenBy(world, made)].sort())
      if (chosen.length > 0 && chosen.length < world.codes.length) some++
    }
    // Else nothing would have been shown.
    expect(some).toBeGreaterThan(expressions / 4)
  })

  test('choose the same from a graph that has to wait', async () => {
    const random = randomFrom(seed + 1)
    const world = randomWorld(seed)
    for (let i = 0; i < 200; i++) {
      const plan = planOf(parseEcl(eclText(randomEcl(world, random), random)))
      const now = evaluatePlanNow(plan, graphOf(world))
      expect(await evaluatePlan(plan, waiting(graphOf(world)))).toEqual(now)
    }
  })
})

/** Terms, places, and brackets around what the same connective joins do not count. */
function withoutPlaces(constraint: Constraint): unknown {
  return JSON.parse(
    JSON.stringify(constraint, (key, value) => (key === 'at' || key === 'term' ? undefined : flat(value))),
  )
}

function flat(value: { kind?: unknown; parts?: readonly { kind?: unknown; parts?: unknown }[] }): unknown {
  if (typeof value !== 'object' || value === null || !Array.isArray(value.parts)) return value
  const parts = value.parts.map(flat) as { readonly kind?: unknown; readonly parts?: readonly unknown[] }[]
  return { ...value, parts: parts.flatMap((part) => (part.kind === value.kind ? part.parts : [part])) }
}

function waiting(graph: ConceptGraph): ConceptGraph {
  const later = ['all', 'concepts', 'descendants', 'members', 'withAttribute', 'attributesFrom', 'filtered'] as const
  const slow = later.map((name) => {
    const answer = graph[name] as (...args: unknown[]) => unknown
    return [name, async (...args: unknown[]) => answer(...args)]
  })
  return { ...graph, ...Object.fromEntries(slow) }
}
