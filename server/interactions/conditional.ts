/** Conditional interactions: search criteria in place of an id. https://hl7.org/fhir/R4/http.html#ccreate */
import type { Context } from '../context.ts'
import type { FhirReply } from '../fhir/request.ts'

export interface Match {
  readonly id: string
  readonly key: bigint
  readonly version: number
}

/** Resources of `type` that match the criteria (a search query), at most `limit`. */
export async function findMatches(
  _type: string,
  _criteria: string,
  _context: Context,
  _limit = 2,
): Promise<readonly Match[]> {
  return []
}

export async function createUnlessFound(
  _type: string,
  _criteria: string,
  context: Context,
  createIt: (context: Context) => Promise<FhirReply>,
): Promise<FhirReply> {
  return createIt(context)
}
