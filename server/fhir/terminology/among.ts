/** Which of some codes a value set holds: where it has more codes than can be listed, those that are in use still can. */
import type { Part } from './compose.ts'
import type { Facts } from './facts.ts'
import { holds, judged, rangesFor } from './members.ts'
import { hasNumber } from './ranges.ts'
import { mapAll, type System } from './system.ts'

interface Code {
  readonly system: string
  readonly code: string
}

/** `codes` may be in small letters, as search keeps them. */
export function amongCodes(parts: readonly Part[], codes: readonly Code[], facts: Facts): readonly Code[] {
  const found = mapAll(parts, (part) => {
    const own = codes.filter(({ system }) => system === part.system)
    const system = facts.system(part.system, part.version)
    if (!system) return own.filter(({ code }) => holds(part, judged(code, part.system, part.version, facts), facts))
    const members = rangesFor(part.expression, system, facts)
    system.expect?.(own.flatMap(({ code }) => spellings(code)))
    return own.filter(({ code }) => numbersOf(code, system).some((number) => hasNumber(members, number)))
  })
  return [...new Set(found.flat())]
}

function numbersOf(code: string, system: System): number[] {
  return spellings(code).flatMap((spelling) => system.numberOf(spelling) ?? [])
}

/** Large systems write their letters all small or all large. */
function spellings(code: string): string[] {
  const upper = code.toUpperCase()
  return upper === code ? [code] : [code, upper]
}
