/** Marks what refers to its medication: see access/referred-medication.ts. */
import { referredMedicationTerm, refersToMedication } from '../../../access/referred-medication.ts'
import type { Terms } from '../term.ts'
import type { Step } from './step.ts'

export function referredMedicationStep(terms: Terms): Step {
  const referred = referredMedicationTerm(terms)
  return ({ row, resource }) => {
    if (refersToMedication(resource)) row.terms.push(referred)
  }
}
