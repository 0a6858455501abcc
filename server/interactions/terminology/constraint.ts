/** Expressions of SNOMED CT's Expression Constraint Language, evaluated on an imported release. */
import { noConcepts, type Ranges, rangeOf, subtract } from '../../fhir/terminology/ranges.ts'
import type { System } from '../../fhir/terminology/system.ts'
import type { SetCache } from './set-cache.ts'

/** Undefined where the expression cannot be evaluated. */
export function evaluateConstraint(system: System, expression: string, sets?: SetCache): Ranges | undefined {
  const key = `ecl ${expression}`
  const known = sets?.get(key)
  if (known) return known
  const found = simpleConstraint(system, expression.trim())
  if (found) sets?.set(key, found)
  return found
}

/** The simple forms: a code, what is below or above it, and who has it as a value of `refset`. */
function simpleConstraint(system: System, expression: string): Ranges | undefined {
  const match = /^(<<|<|>>|>|\^)?\s*(\d+)\s*(?:\|[^|]*\|)?$/.exec(expression)
  if (!match) return undefined
  const [, operator = '', code = ''] = match
  if (operator === '^') return system.having('refset', { kind: 'value', value: code })
  return around(system, operator, code)
}

function around(system: System, operator: string, code: string): Ranges {
  const number = system.numberOf(code)
  if (number === undefined) return noConcepts
  const itself = rangeOf(number, number + 1)
  if (operator === '') return itself
  const all = operator.startsWith('<') ? system.below(number) : system.above(number)
  return operator.length === 2 ? all : subtract(all, itself)
}
