/** How two codes of a system stand to each other. https://hl7.org/fhir/R4/codesystem-operation-subsumes.html */
import { type Facts, joinCanonical, unknownConcept, unknownTerminology } from './facts.ts'
import { hasNumber } from './ranges.ts'

/** https://hl7.org/fhir/R4/codesystem-concept-subsumption-outcome.html */
export type Subsumption = 'equivalent' | 'subsumes' | 'subsumed-by' | 'not-subsumed'

/** `subsumes`: what `codeA` means includes what `codeB` means. Throws where system or codes are unknown. */
export function subsumption(
  { system: url, version, codeA, codeB }: { system: string; version?: string; codeA: string; codeB: string },
  facts: Facts,
): Subsumption {
  const system = facts.system(url, version)
  if (!system) throw unknownTerminology('code system', joinCanonical(url, version))
  system.expect?.([codeA, codeB])
  const [a, b] = [codeA, codeB].map((code) => {
    const number = system.numberOf(code)
    if (number === undefined) throw unknownConcept(url, code, system.content)
    return number
  }) as [number, number]
  if (a === b) return 'equivalent'
  if (hasNumber(system.below(a), b)) return 'subsumes'
  return hasNumber(system.below(b), a) ? 'subsumed-by' : 'not-subsumed'
}
