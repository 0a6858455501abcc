/** How the concepts of a table of closure stand to each other. https://hl7.org/fhir/R4/terminology-service.html#closure */
import type { JsonObject } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import { type Facts, unknownTerminology } from './facts.ts'
import { hasNumber } from './ranges.ts'
import { Needed, type System } from './system.ts'

export interface ClosureCode {
  readonly system: string
  readonly code: string
}

/** Throws where a code or its system is unknown. */
export function checkCodes(codes: readonly ClosureCode[], facts: Facts): void {
  for (const [url, own] of bySystem(codes)) numbersIn(url, own, facts)
}

/** Groups of a ConceptMap: each new concept with those above it, and each old one with the new ones above it. */
export function closureGroups(
  all: readonly ClosureCode[],
  fresh: ReadonlySet<ClosureCode>,
  facts: Facts,
): JsonObject[] {
  return [...bySystem(all)].flatMap(([url, codes]) => {
    const { system, numbers } = numbersIn(url, codes, facts)
    const ends = codes.map((code, i) => ({ code, number: numbers[i]! }))
    const pairs = pairsOf(
      system,
      ends,
      ends.filter(({ code }) => fresh.has(code)),
    )
    const element = codes.flatMap(({ code }) => {
      const above = pairs.get(code)
      if (!above) return []
      // The target's meaning is the wider one.
      return [{ code, target: [...above].map((target) => ({ code: target, equivalence: 'subsumes' })) }]
    })
    return element.length === 0 ? [] : [{ source: url, target: url, element }]
  })
}

function bySystem(codes: readonly ClosureCode[]): Map<string, ClosureCode[]> {
  const found = new Map<string, ClosureCode[]>()
  for (const code of codes) found.set(code.system, [...(found.get(code.system) ?? []), code])
  return found
}

function numbersIn(url: string, codes: readonly ClosureCode[], facts: Facts): { system: System; numbers: number[] } {
  const system = facts.system(url)
  if (!system) throw unknownTerminology('code system', url)
  system.expect?.(codes.map(({ code }) => code))
  const numbers = codes.map(({ code }) => {
    const number = system.numberOf(code)
    if (number === undefined) throw new OutcomeError('unknown-concept', { system: url, code })
    return number
  })
  return { system, numbers }
}

interface End {
  readonly code: ClosureCode
  readonly number: number
}

/** By the code below, the codes above it. */
function pairsOf(system: System, ends: readonly End[], fresh: readonly End[]): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>()
  const add = (below: End, above: End) =>
    pairs.set(below.code.code, (pairs.get(below.code.code) ?? new Set()).add(above.code.code))
  let needed: Needed | undefined
  for (const one of fresh) {
    try {
      const [above, below] = [system.above(one.number), system.below(one.number)]
      for (const other of ends) {
        if (other.number === one.number) continue
        if (hasNumber(above, other.number)) add(one, other)
        if (hasNumber(below, other.number)) add(other, one)
      }
    } catch (error) {
      // What all of them need is fetched together.
      if (!(error instanceof Needed)) throw error
      needed = error
    }
  }
  if (needed) throw needed
  return pairs
}
