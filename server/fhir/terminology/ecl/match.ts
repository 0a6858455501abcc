/** When a value or a text is what an expression asks for. For those who keep concepts, too. */
import type { AttributeValue } from './graph.ts'
import type { ValueTest } from './plan.ts'
import type { SearchTerm } from './syntax.ts'

/** Whether a value passes; `has` tells of sets of concepts. A value of another kind never does, not even a negated test. */
export function valuePasses<Concepts, Concept>(
  test: ValueTest<Concepts | 'any'>,
  value: AttributeValue<Concept>,
  has: (concepts: Concepts, concept: Concept) => boolean,
): boolean {
  if ('concept' in value) {
    if (test.kind !== 'concepts') return false
    return (test.values === 'any' || has(test.values, value.concept)) !== test.negated
  }
  if (test.kind === 'concepts' || test.kind !== value.type) return false
  if (test.kind === 'boolean') return (value.text.toLowerCase() === 'true') === test.value
  if (test.kind === 'string') return test.terms.some((term) => termMatches(value.text, term)) !== test.negated
  return orderings[test.operator]?.(Number(value.text), test.value) ?? false
}

const orderings: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** Whether the text of a description is found by a search term; neither case nor accents count, but where it is exact. */
export function termMatches(text: string, { kind, text: sought }: SearchTerm): boolean {
  if (kind === 'exact') return text === sought
  if (kind === 'wild') return wildMatches(text, sought)
  const words = wordsOf(text)
  return wordsOf(sought).every((prefix) => words.some((word) => word.startsWith(prefix)))
}

function wordsOf(text: string): string[] {
  return folded(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** `*` is any number of characters, `\` takes its meaning from the next one. In time that grows with both lengths. */
export function wildMatches(text: string, pattern: string): boolean {
  const letters = [...folded(text)]
  const parts = [...folded(pattern).matchAll(/\\(.)|\*+|[^\\*]|\\$/gsu)].map(([sign, literal]) =>
    sign.startsWith('*') ? undefined : (literal ?? sign),
  )
  let at = 0
  let part = 0
  // Where the last `*` stands, and how far it reaches so far.
  let star = -1
  let reached = 0
  while (at < letters.length) {
    if (part < parts.length && parts[part] === letters[at]) {
      at++
      part++
    } else if (part < parts.length && parts[part] === undefined) {
      star = part++
      reached = at
    } else if (star >= 0) {
      part = star + 1
      at = ++reached
    } else return false
  }
  return parts.slice(part).every((rest) => rest === undefined)
}
