/**
 * The filters that only one system has. https://hl7.org/fhir/R4/snomedct.html#filters,
 * https://hl7.org/fhir/R4/rxnorm.html#filters
 */
import type { Facts } from './facts.ts'
import type { Ranges } from './ranges.ts'
import { allOf, type Filter, type System } from './system.ts'

const snomed = 'http://snomed.info/sct'
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm'

/** What an expression of the Expression Constraint Language or a reference set chooses; undefined for other filters. */
export function allowedBy(system: System, { property, op, value }: Filter, facts: Facts): Ranges | undefined {
  // Relations name the other side as what it is.
  if (system.url === rxnorm && op === '=' && value.startsWith('CUI:')) {
    return system.having(property, { kind: 'value', value: value.slice('CUI:'.length) })
  }
  if (system.url !== snomed) return undefined
  if ((property === 'constraint' || property === 'expression') && op === '=') return facts.constraint(system, value)
  // Expressions that are put together from concepts are never enumerated here: all that are listed are concepts.
  if (property === 'expressions' && op === '=') return allOf(system)
  if (property === 'concept' && op === 'in' && !value.includes(',')) {
    return system.having('refset', { kind: 'value', value })
  }
  return undefined
}
