/** Limits what evaluations take: expressions come with profiles, resources from anywhere. */

/** What one step is for: characters, or items that are copied or compared. */
const unit = 128
const itemUnit = 16
/** Larger texts and collections are not made. */
const largest = 1_000_000

/** Thrown where evaluations have taken all that they may. */
export class FhirPathBudgetError extends Error {}

/** Takes one step of what may be taken; throws a FhirPathBudgetError when nothing is left. */
export type Spend = () => void

/** Steps for what takes longer the larger it is; throws a FhirPathBudgetError for what is too large. */
export function spendFor(spend: Spend, size: number): void {
  if (size > largest) throw new FhirPathBudgetError('a text or a collection of the expression is too large')
  for (let paid = unit; paid < size; paid += unit) spend()
}

/** The same for a collection: an item takes as long as several characters. */
export function spendForItems(spend: Spend, count: number): void {
  if (count > largest) throw new FhirPathBudgetError('a collection of the expression is too large')
  for (let paid = itemUnit; paid < count; paid += itemUnit) spend()
}

/** A `spend` for as many steps; it throws a FhirPathBudgetError after them. */
export function createBudget(steps: number): Spend {
  let left = steps
  return () => {
    if (--left < 0) throw new FhirPathBudgetError('the expression takes too many steps on this resource')
  }
}
