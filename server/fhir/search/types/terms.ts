/** Conditions on the terms of a row, and what the planner of statements may know about them. */
import { raw, type Sql, sql } from '../../../sql.ts'
import type { Scope } from '../scope.ts'
import { arrayText } from '../table.ts'

/** A condition that says how it pins rows: by terms of which one must be there, or by the patient. */
export interface PinningCondition extends Sql {
  readonly terms?: readonly bigint[]
  readonly patient?: bigint
  /** Leaves few rows by indexes of its own, in no order. */
  readonly few?: boolean
}

/** The row has one of the terms; false when there are none. */
export function hasAnyTerm({ alias }: Scope, terms: readonly bigint[]): PinningCondition {
  if (terms.length === 0) return raw('false')
  const distinct = [...new Set(terms)]
  return { ...sql`${alias}.terms && ${arrayText(distinct)}::bigint[]`, terms: distinct }
}

export function hasPatient({ alias }: Scope, patients: readonly bigint[]): PinningCondition {
  if (patients.length !== 1) return sql`${alias}.patient = any(${arrayText(patients)}::bigint[])`
  return { ...sql`${alias}.patient = ${patients[0]}`, patient: patients[0]! }
}
