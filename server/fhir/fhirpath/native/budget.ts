/** Limits what evaluations take: expressions come with profiles, resources from anywhere. */

/** Thrown where evaluations have taken all that they may. */
export class FhirPathBudgetError extends Error {}

/** A `spend` for as many steps; it throws a FhirPathBudgetError after them. */
export function createBudget(steps: number): () => void {
  let left = steps
  return () => {
    if (--left < 0) throw new FhirPathBudgetError('the expression takes too many steps on this resource')
  }
}
