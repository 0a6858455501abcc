/** Questionnaires that clients stored: responses are checked by them. */
import type { Context } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { splitCanonical } from '../../fhir/terminology/facts.ts'
import { chooseVersion } from '../../fhir/terminology/newest.ts'
import { findStored } from '../terminology/stored-resources.ts'

/** By canonical; of several versions the newest, unless one is named. */
export async function storedQuestionnaires(
  canonicals: readonly string[],
  context: Context,
): Promise<ReadonlyMap<string, JsonObject | undefined>> {
  const searches = canonicals.map((canonical) => ({
    type: 'Questionnaire' as const,
    parameter: 'url' as const,
    uri: splitCanonical(canonical).url,
  }))
  const found = await findStored(searches, context)
  return new Map(
    canonicals.map((canonical, i) => [canonical, chooseVersion(found[i]!, splitCanonical(canonical).version)]),
  )
}
