/** `_filter`: an expression in place of parameters. https://hl7.org/fhir/R4/search_filter.html */
import { type Sql, sql } from '../../sql.ts'
import { OutcomeError } from '../outcome.ts'
import type { Scope } from './scope.ts'

/** Filled in by `conditions.ts`' siblings below. */
export function filterCondition(text: string, _scope: Scope): Sql {
  if (text === '') throw new OutcomeError('invalid-search', { reason: 'The _filter is empty.' })
  return sql`true`
}
