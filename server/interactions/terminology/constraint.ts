/** Expressions of SNOMED CT's Expression Constraint Language, evaluated on a release or on a system in memory. */

import { OutcomeError } from '../../fhir/outcome.ts'
import { evaluatePlan, evaluatePlanNow } from '../../fhir/terminology/ecl/evaluate.ts'
import { planOf } from '../../fhir/terminology/ecl/make-plan.ts'
import { memoryGraph } from '../../fhir/terminology/ecl/memory-graph.ts'
import { parseEcl } from '../../fhir/terminology/ecl/parse.ts'
import type { Plan } from '../../fhir/terminology/ecl/plan.ts'
import { EclError } from '../../fhir/terminology/ecl/syntax.ts'
import type { Ranges } from '../../fhir/terminology/ranges.ts'
import type { System } from '../../fhir/terminology/system.ts'
import type { ReleaseReader } from '../../store/terminology/concepts.ts'
import type { Release } from '../../store/terminology/releases.ts'
import { storedGraph } from './stored-graph.ts'

/** On a system in memory. */
export function constraintInMemory(system: System, expression: string): Ranges {
  return told(expression, () => evaluatePlanNow(planFor(expression), memoryGraph(system)))
}

/** On a release in the database. */
export async function constraintInRelease(
  release: Release,
  reader: ReleaseReader,
  expression: string,
): Promise<Ranges> {
  try {
    return await evaluatePlan(planFor(expression), storedGraph(release, reader))
  } catch (error) {
    throw faultOf(expression, error)
  }
}

const longestExpression = 20_000

/** Throws for expressions that cannot be read, or ask for what is not known here. */
export function planFor(expression: string): Plan {
  return told(expression, () => {
    if (expression.length > longestExpression) {
      throw new EclError(`It is longer than ${longestExpression} characters.`, longestExpression)
    }
    return planOf(parseEcl(expression))
  })
}

function told<T>(expression: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw faultOf(expression, error)
  }
}

const mostShown = 200

function faultOf(expression: string, error: unknown): unknown {
  if (!(error instanceof EclError)) return error
  const shown = expression.length > mostShown ? `${expression.slice(0, mostShown)}…` : expression
  return new OutcomeError('invalid-terminology', {
    reason: `The expression '${shown}' cannot be evaluated. ${error.message}`,
  })
}
