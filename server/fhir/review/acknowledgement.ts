/** What a Provenance says of the review of results. Pure. */
import type { JsonObject } from '../json.ts'
import { codesIn, objectsIn, referenceIn } from '../results/reading.ts'
import { reviewSystem } from './labels.ts'

/** The versions, `Observation/17/_history/3`, of which a Provenance says that somebody took notice. */
export function acknowledgedVersions({ activity, target }: JsonObject): readonly string[] {
  const isOurs = codesIn(activity).some(({ system, code }) => system === reviewSystem && code === 'acknowledged')
  return isOurs ? objectsIn(target).flatMap((one) => referenceIn(one) ?? []) : []
}
