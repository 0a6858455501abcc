/** What is wrong with an expression before it is ever evaluated. https://hl7.org/fhirpath/N1/ */
import type { Definitions } from '../definitions.ts'
import { compile } from '../fhirpath.ts'
import { OutcomeError } from '../outcome.ts'
import { ExpressionError } from './expression-error.ts'
import { FhirPathBudgetError } from './native/budget.ts'
import { compileExpression } from './native/compile.ts'

/** What keeps an expression from being read, as the end of a sentence; undefined for one that can be evaluated. */
export function unreadable(expression: string, type: string, definitions: Definitions): string | undefined {
  const fault = attempt(() => void compileExpression(expression, { type, definitions }))
  // What is covered here only by the full engine is no fault.
  return fault === undefined || (isCompiledInFull(expression, type) && !noVariable.test(fault)) ? undefined : fault
}

/** The first name in an expression that stands for no element of the types it is looked for in, with them. */
export function unknownNameIn(expression: string, type: string, definitions: Definitions): string | undefined {
  let found: string | undefined
  const unknownName = (name: string, types: readonly string[]) => {
    const some = types.length > mostTypes ? [...types.slice(0, mostTypes), '…'] : types
    found ??= `there is no element '${name}' in ${some.join(' or ')}`
  }
  attempt(() => void compileExpression(expression, { type, definitions, unknownName }))
  return found
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

function attempt(run: () => void): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof ExpressionError) return error.message
    if (error instanceof FhirPathBudgetError || error instanceof RangeError) return 'the expression has too many parts'
    throw error
  }
}
