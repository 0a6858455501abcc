/** What is wrong with an expression before it is ever evaluated. https://hl7.org/fhirpath/N1/ */
import type { Definitions } from '../definitions.ts'
import { compile } from '../fhirpath.ts'
import { OutcomeError } from '../outcome.ts'
import { ExpressionError } from './expression-error.ts'
import { FhirPathBudgetError, type Spend } from './native/budget.ts'
import { compileExpression } from './native/compile.ts'

/** What an expression cannot be evaluated for, as the end of a sentence; undefined for one that can be. */
export function unreadable(expression: string, type: string, definitions: Definitions): string | undefined {
  return faultOf(attempt(expression, type, definitions), expression, type)
}

/**
 * The same, or the first name in it that stands for no element of the types that it is looked for in. Such expressions
 * come from outside, any number of them: what they take is counted.
 */
export function expressionFault(
  expression: string,
  type: string,
  definitions: Definitions,
  spend: Spend,
): string | undefined {
  for (let left = expression.length * charSteps; left > 0; left--) spend()
  const attempted = attempt(expression, type, definitions)
  if (attempted.fault === undefined) return attempted.unknown
  for (let left = fullSteps; left > 0; left--) spend()
  return faultOf(attempted, expression, type)
}

/** What compiling takes, for each character; and what the full engine takes in any case. */
const charSteps = 1
const fullSteps = 1_000

interface Attempt {
  readonly fault: string | undefined
  readonly unknown: string | undefined
}

/** What is covered here only by the full engine is no fault. */
function faultOf({ fault }: Attempt, expression: string, type: string): string | undefined {
  if (fault === undefined || noVariable.test(fault)) return fault
  return isCompiledInFull(expression, type) ? undefined : fault
}

const mostTypes = 3

/** The full engine asks for variables only when it comes to them. */
const noVariable = /^there is no variable/

function isCompiledInFull(expression: string, type: string): boolean {
  try {
    compile(expression, { base: type })
    return true
  } catch (error) {
    if (error instanceof OutcomeError) return false
    throw error
  }
}

function attempt(expression: string, type: string, definitions: Definitions): Attempt {
  let unknown: string | undefined
  const unknownName = (name: string, types: readonly string[]) => {
    const some = types.length > mostTypes ? [...types.slice(0, mostTypes), '…'] : types
    unknown ??= `there is no element '${name}' in ${some.join(' or ')}`
  }
  try {
    compileExpression(expression, { type, definitions, unknownName })
    return { fault: undefined, unknown }
  } catch (error) {
    if (error instanceof ExpressionError) return { fault: error.message, unknown }
    const isTooLarge = error instanceof FhirPathBudgetError || error instanceof RangeError
    if (isTooLarge) return { fault: 'the expression has too many parts', unknown }
    throw error
  }
}
