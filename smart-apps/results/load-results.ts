/** A patient's results from the server, as they arrive. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { type ResultsView, resultsView } from '../../server/fhir/results/results-view.ts'
import type { FhirClient } from '../shared/fhir/fhir-client.ts'

export interface LoadRequest {
  readonly client: FhirClient
  readonly patient: string
  readonly signal: AbortSignal
  readonly now: () => number
}

/** Asked for one after the other: the first has what most people look for. */
const searches = [
  ['DiagnosticReport', '_sort=-date&_count=100'],
  ['Observation', 'category=laboratory&_sort=-date&_count=200'],
  ['Observation', 'category=vital-signs&_sort=-date&_count=200'],
  ['ServiceRequest', 'status=active,on-hold,revoked&_count=100'],
] as const

/** Yields what is known so far; the last is the whole. */
export async function* loadResults({ client, patient, signal, now }: LoadRequest): AsyncGenerator<ResultsView> {
  const resources: JsonObject[] = []
  for (const [type, parameters] of searches) {
    for await (const page of client.pages(`${type}?patient=${patient}&${parameters}`, signal)) {
      resources.push(...page)
      if (type === 'Observation') yield resultsView({ resources, now: now() })
    }
  }
  yield resultsView({ resources, now: now() })
}
