/**
 * Regular expressions of invariants: the platform's where they cannot take long, otherwise our own, which take time in
 * proportion to pattern × text. https://hl7.org/fhirpath/N1/#matchesregex--string--boolean
 */
import { ExpressionError } from '../expression-error.ts'
import type { Pattern } from '../pattern.ts'
import { parsePattern } from '../pattern.ts'
import type { RegularExpression } from '../regular-expression.ts'
import { compileRegularExpression, replace, test } from '../regular-expression.ts'
import { spendFor } from './budget.ts'
import { fault } from './values.ts'

export interface TextPattern {
  readonly test: (text: string, spend: () => void) => boolean
  readonly replace: (text: string, substitution: string, spend: () => void) => string
}

/** Steps of a match are cheaper than those of an evaluation. */
const stepsPerSpend = 64
const cacheSize = 500
/** Longer texts are left to our own, however harmless the pattern. */
const maxQuickText = 2000

const cache = new Map<string, TextPattern | undefined>()

/** The pattern; a fault where it is none. */
export function textPattern(source: string, flags = ''): TextPattern {
  const key = `${flags}/${source}`
  if (!cache.has(key)) {
    if (cache.size >= cacheSize) cache.clear()
    cache.set(key, compile(source, flags))
  }
  const found = cache.get(key)
  if (!found) throw fault
  return found
}

function compile(source: string, flags: string): TextPattern | undefined {
  try {
    const slow = compileRegularExpression(source, flags)
    const quick = flags === '' ? quickPattern(source) : undefined
    return {
      test: (text, spend) =>
        quick && text.length <= maxQuickText ? tested(quick, text, spend) : test(slow, text, inSteps(spend)),
      replace: (text, substitution, spend) => replaced(slow, text, substitution, spend),
    }
  } catch (error) {
    if (error instanceof ExpressionError) return undefined
    throw error
  }
}

function tested(pattern: RegExp, text: string, spend: () => void): boolean {
  spendFor(spend, text.length * 4)
  return pattern.test(text)
}

function replaced(pattern: RegularExpression, text: string, substitution: string, spend: () => void): string {
  return replace(pattern, text, substitution, inSteps(spend))
}

function inSteps(spend: () => void): (steps: number) => void {
  let steps = 0
  return (more) => {
    for (steps += more; steps >= stepsPerSpend; steps -= stepsPerSpend) spend()
  }
}

/** The platform's own where backtracking is at most quadratic: at most two open-ended repetitions, none in another. */
function quickPattern(source: string): RegExp | undefined {
  const { pattern } = parsePattern(source, false)
  if (openRepetitions(pattern) > 2) return undefined
  try {
    return new RegExp(source, 'us')
  } catch {
    return undefined
  }
}

function openRepetitions(pattern: Pattern): number {
  if (pattern.kind === 'group') return openRepetitions(pattern.body)
  if (pattern.kind === 'repeat') {
    const inside = openRepetitions(pattern.body)
    const varies = pattern.max !== pattern.min
    return (inside > 0 && pattern.max > 1 ? 10 : inside) + (varies && pattern.max > 1 ? 1 : 0)
  }
  const parts = pattern.kind === 'choice' ? pattern.options : pattern.kind === 'sequence' ? pattern.items : []
  return parts.reduce((sum, part) => sum + openRepetitions(part), 0)
}
