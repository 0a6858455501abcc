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

interface TextPattern {
  readonly test: (text: string, spend: () => void) => boolean
  readonly replace: (text: string, substitution: string, spend: () => void) => string
}

interface QuickPattern {
  readonly expression: RegExp
  /** The longest text that it takes little time on. */
  readonly longest: number
}

/** Steps of a match are cheaper than those of an evaluation. */
const stepsPerSpend = 8
const cacheSize = 500
/** Longer ones are no patterns, and not worth keeping. */
const maxSource = 2_100
/** Characters that the platform may have to look at in all ways to match together: a millisecond. */
const maxWork = 400_000
const textLengths = [2000, 500, 120, 40]

const cache = new Map<string, TextPattern | undefined>()

/** The pattern; a fault where it is none. */
export function textPattern(source: string, flags = ''): TextPattern {
  const key = `${flags}/${source}`
  if (key.length > maxSource) throw fault
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
        quick && text.length <= quick.longest
          ? tested(quick.expression, text, spend)
          : test(slow, text, inSteps(spend)),
      replace: (text, substitution, spend) => replaced(slow, text, substitution, spend),
    }
  } catch (error) {
    if (error instanceof ExpressionError) return undefined
    throw error
  }
}

function tested(pattern: RegExp, text: string, spend: () => void): boolean {
  spendFor(spend, text.length * 8)
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

/** The platform's own for texts on which all its backtracking cannot take long. */
function quickPattern(source: string): QuickPattern | undefined {
  const { pattern } = parsePattern(source, false)
  const starts = isAnchored(pattern) ? 0 : 1
  const work = (length: number) => waysToMatch(pattern, length) * length ** starts * Math.min(length, source.length)
  const longest = textLengths.find((length) => work(length) <= maxWork)
  if (longest === undefined) return undefined
  try {
    return { expression: new RegExp(source, 'us'), longest }
  } catch {
    return undefined
  }
}

function isAnchored(pattern: Pattern): boolean {
  if (pattern.kind === 'group') return isAnchored(pattern.body)
  if (pattern.kind === 'sequence') return pattern.items.length > 0 && isAnchored(pattern.items[0]!)
  return pattern.kind === 'anchor' && pattern.anchor === 'start'
}

/** An upper bound for how many ways there are to match a pattern from one place in a text of that length. */
function waysToMatch(pattern: Pattern, length: number): number {
  if (pattern.kind === 'group') return waysToMatch(pattern.body, length)
  if (pattern.kind === 'choice') return pattern.options.reduce((sum, part) => sum + waysToMatch(part, length), 0)
  if (pattern.kind === 'sequence') return pattern.items.reduce((ways, part) => ways * waysToMatch(part, length), 1)
  if (pattern.kind !== 'repeat') return 1
  const [min, max] = [pattern.min, Math.min(pattern.max, Math.max(length, pattern.min))]
  const once = waysToMatch(pattern.body, length)
  return once === 1 ? max - min + 1 : once ** max * (max - min + 1)
}
