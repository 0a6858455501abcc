/** Which concepts a part of a value set holds: one code at a time, or all of them as ranges. */
import type { Expression, Listed, ListedCodes, Part } from './compose.ts'
import { allowedBy } from './constraints.ts'
import type { Facts } from './facts.ts'
import { type Grammar, grammars } from './grammars.ts'
import { hasNumber, intersect, numbersOf, type Ranges, rangesOf, subtract, unite } from './ranges.ts'
import { allOf, filtered, mapAll, type System } from './system.ts'

/** Where a code is judged: its place in a system that is known, a grammar, or nothing but the code. */
export interface Judged {
  readonly code: string
  readonly system?: System
  readonly number?: number
  readonly grammar?: Grammar
}

/** How a code stands to its system. */
export function judged(code: string, url: string, version: string | undefined, facts: Facts): Judged {
  const system = facts.system(url, version)
  if (system) {
    const number = system.numberOf(code)
    // Where case does not matter, the system's own spelling is the one that value sets list.
    if (number !== undefined) return { code: system.caseSensitive ? code : system.concept(number).code, system, number }
    // A system may list what its grammar makes others of: `mg/dL` is in no list of units.
    const made = grammars.get(url)
    return made ? { code, grammar: made } : { code, system }
  }
  const grammar = grammars.get(url)
  return { code, ...(grammar && { grammar }) }
}

/** Whether the system has the code; undefined where nobody here can tell. */
export function isCode({ code, system, number, grammar }: Judged): boolean | undefined {
  if (number !== undefined) return true
  if (system) return system.content === 'complete' ? false : undefined
  return grammar?.has(code)
}

/** Whether the part holds the code; undefined where nobody here can tell. */
export function holds(part: Part, code: Judged, facts: Facts): boolean | undefined {
  const known = isCode(code)
  return known === false ? false : passes(part.expression, code, facts, new Map())
}

/** `judged`: what was found of expressions that are in several others. */
function passes(expression: Expression, at: Judged, facts: Facts, judged: Verdicts): boolean | undefined {
  const { code, system, number, grammar } = at
  switch (expression.kind) {
    case 'all':
      return isCode(at)
    case 'codes':
      return listedIn(expression.codes, at) !== undefined
    case 'active':
      return number === undefined || !hasNumber(system!.inactive(), number)
    case 'filter':
      if (number !== undefined) {
        return hasNumber(chosenByGrammar(system!, expression) ?? chosen(system!, expression, facts), number)
      }
      return grammar?.has(code) ? grammar.passes?.(code, expression.filter) : undefined
    case 'not':
      return negate(passes(expression.part, at, facts, judged))
    case 'and':
      return once(judged, expression, () => every(mapAll(expression.parts, (part) => passes(part, at, facts, judged))))
    case 'or':
      return once(judged, expression, () =>
        negate(every(mapAll(expression.parts, (part) => negate(passes(part, at, facts, judged))))),
      )
  }
}

type Verdicts = Map<Expression, boolean | undefined>

/** Without it, value sets that import the same by many ways would take time for each of the ways. */
function once<T>(known: Map<Expression, T>, expression: Expression, make: () => T): T {
  if (known.has(expression)) return known.get(expression)!
  const made = make()
  known.set(expression, made)
  return made
}

/** The code in a list of codes of its system; where case does not matter to the system, it does not there. */
export function listedIn(codes: ListedCodes, { code, system, number }: Judged): Listed | undefined {
  if (number === undefined || system!.caseSensitive) return codes.get(code)
  let folded = foldedCodes.get(codes)
  if (!folded) {
    folded = new Map([...codes].map(([spelling, listed]) => [spelling.toLowerCase(), listed]))
    foldedCodes.set(codes, folded)
  }
  return folded.get(code.toLowerCase())
}

const foldedCodes = new WeakMap<ListedCodes, ListedCodes>()

function negate(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}

/** False where one is false, whatever is unknown besides. */
function every(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false
  return values.includes(undefined) ? undefined : true
}

/** All concepts of the system that meet the expression. `known`: what expressions of this system have come to. */
export function rangesFor(
  expression: Expression,
  system: System,
  facts: Facts,
  known = new Map<Expression, Ranges>(),
): Ranges {
  const rangesOfPart = (part: Expression) => rangesFor(part, system, facts, known)
  switch (expression.kind) {
    case 'all':
      return allOf(system)
    case 'active':
      return subtract(allOf(system), system.inactive())
    case 'codes':
      system.expect?.(expression.codes.keys())
      return rangesOf([...expression.codes.keys()].flatMap((code) => system.numberOf(code) ?? []))
    case 'filter':
      return chosenByGrammar(system, expression) ?? chosen(system, expression, facts)
    case 'not':
      return subtract(allOf(system), rangesOfPart(expression.part))
    case 'and':
      return once(known, expression, () => mapAll(expression.parts, rangesOfPart).reduce(intersect, allOf(system)))
    case 'or':
      return once(known, expression, () => unite(mapAll(expression.parts, rangesOfPart)))
  }
}

type FilterExpression = Extract<Expression, { kind: 'filter' }>

/** Of what a system lists, what passes a filter that only its grammar can judge; undefined for other filters. */
function chosenByGrammar(system: System, { filter }: FilterExpression): Ranges | undefined {
  const grammar = grammars.get(system.url)
  if (!grammar?.passes || !grammar.filters?.includes(filter.property)) return undefined
  const all = numbersOf(allOf(system))
  system.expectConcepts?.(all)
  return rangesOf(all.filter((number) => grammar.passes?.(system.concept(number).code, filter) === true))
}

function chosen(system: System, { filter }: FilterExpression, facts: Facts): Ranges {
  return allowedBy(system, filter, facts) ?? filtered(system, filter)
}
