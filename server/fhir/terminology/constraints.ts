/** The filters that only SNOMED CT has. https://hl7.org/fhir/R4/snomedct.html#filters */
import { OutcomeError } from '../outcome.ts'
import type { Facts } from './facts.ts'
import type { Ranges } from './ranges.ts'
import type { Filter, System } from './system.ts'

const snomed = 'http://snomed.info/sct'

/** What an expression of the Expression Constraint Language or a reference set chooses; undefined for other filters. */
export function allowedBy(system: System, { property, op, value }: Filter, facts: Facts): Ranges | undefined {
  if (system.url !== snomed) return undefined
  const expression =
    (property === 'constraint' || property === 'expression') && op === '='
      ? value
      : property === 'concept' && op === 'in' && !value.includes(',')
        ? `^ ${value}`
        : undefined
  if (expression === undefined) return undefined
  const found = facts.constraint(system, expression)
  if (!found) {
    const reason = `The expression '${expression}' cannot be evaluated here.`
    throw new OutcomeError('invalid-terminology', { reason })
  }
  return found
}
