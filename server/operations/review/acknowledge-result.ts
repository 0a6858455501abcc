/**
 * That somebody has taken notice of a result: a Provenance of exactly the version that was seen, whose agent is its verifier. No
 * Task, because nobody asked for it, and no element of the result, because it is not its maker's. https://hl7.org/fhir/R4/provenance.html
 */
import { requireType } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { acknowledgedVersions } from '../../fhir/review/acknowledgement.ts'
import { reviewSystem } from '../../fhir/review/labels.ts'
import { createResource } from '../../interactions/create.ts'
import { findResources } from '../../interactions/find-resources.ts'
import { checkValid } from '../../interactions/write.ts'
import type { ReviewedResult } from './reviewed-result.ts'

/** Once for each version and person. */
export async function acknowledgeResult(result: ReviewedResult, person: string, context: Context): Promise<void> {
  requireType(context.access, 'Provenance', 'c')
  const target = `${result.type}/${result.id}/_history/${result.version}`
  // A search by target finds what is said of any version.
  const query = new URLSearchParams({ target, agent: person, _sort: '-recorded', _count: '100' })
  const known = await findResources('Provenance', query.toString(), context)
  if (known.some(({ json }) => acknowledgedVersions(json).includes(target))) return
  const provenance = provenanceOf(target, person, new Date(context.now()).toISOString())
  await checkValid(provenance, context)
  await createResource(provenance, context)
}

function provenanceOf(target: string, person: string, recorded: string): JsonObject {
  const verifier = { system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'verifier' }
  return {
    resourceType: 'Provenance',
    target: [{ reference: target }],
    recorded,
    activity: { coding: [{ system: reviewSystem, code: 'acknowledged' }] },
    agent: [{ type: { coding: [verifier] }, who: { reference: person } }],
  }
}
