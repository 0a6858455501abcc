/** Marks a Binary by what decides who may see it: see access/security-context.ts. */
import { contextTerms, securityContextOf } from '../../../access/security-context.ts'
import type { Terms } from '../term.ts'
import type { Step } from './step.ts'

export function securityContextStep(terms: Terms, base: string): Step {
  return ({ row, resource }) => {
    const context = securityContextOf(resource, base)
    row.terms.push(...contextTerms(context, terms))
    if (context.kind === 'resource' && context.type === 'Patient') row.patient = terms.key('Patient', context.id)
  }
}
