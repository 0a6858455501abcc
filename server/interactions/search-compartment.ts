/** `Patient/1/Observation` and `Patient/1/*`. https://hl7.org/fhir/R4/http.html#vsearch */
import type { Context } from '../context.ts'
import { compartmentCriterion, compartmentTypes } from '../fhir/compartment.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply, FhirRequest } from '../fhir/request.ts'
import type { Criterion } from '../fhir/search/criterion.ts'
import { keyOf } from './read.ts'
import { search } from './search.ts'

export async function searchCompartment(request: FhirRequest, context: Context): Promise<FhirReply> {
  const [type, id, member] = request.path as [string, string, string]
  keyOf(context, type, id)
  const { definitions, indexes } = context
  const members = compartmentTypes(type, definitions)
  if (members.length === 0) throw new OutcomeError('unknown-path', { path: request.path.join('/') })
  if (member !== '*' && !definitions.isResourceType(member)) {
    throw new OutcomeError('unknown-type', { type: member, nearest: '' })
  }
  const restrict = (searched: string): Criterion[] => {
    const criterion = compartmentCriterion(type, id, searched, definitions, indexes)
    if (!criterion) {
      const reason = `${searched} is never in the compartment of a ${type}. See the CompartmentDefinition ${type.toLowerCase()}.`
      throw new OutcomeError('invalid-search', { reason })
    }
    return [criterion]
  }
  return search(member === '*' ? members : [member], `${type}/${id}/${member}`, request, context, restrict)
}
