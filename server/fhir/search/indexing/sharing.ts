/** Marks what tells nothing of patients: see access/shared-types.ts. */
import { sharedTerm, tellsNothingOfPatients } from '../../../access/shared-types.ts'
import type { Terms } from '../term.ts'
import type { Step } from './step.ts'

export function sharingStep(terms: Terms, base: string): Step {
  const shared = sharedTerm(terms)
  return ({ row, resource }) => {
    if (tellsNothingOfPatients(resource, base)) row.terms.push(shared)
  }
}
