/** A patient's results from the server: grouped by it where it can, or else from plain searches. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { type ResultsView, resultsView } from '../../server/fhir/results/results-view.ts'
import type { Trend } from '../../server/fhir/results/trend.ts'
import type { FhirClient } from '../shared/fhir/fhir-client.ts'
import { FhirError } from '../shared/fhir/fhir-error.ts'
import type { DocumentReader } from './report-text.ts'

/** What is known so far, and how to know more. */
export interface Loaded {
  readonly view: ResultsView
  /** Asks for what is older; undefined where all is there. */
  readonly older: (() => Promise<Loaded>) | undefined
  /** The whole course of an analyte. */
  trend(analyte: string): Promise<Trend | undefined>
  readonly documentAt: DocumentReader
}

export interface LoadRequest {
  readonly client: FhirClient
  readonly patient: string
  readonly signal: AbortSignal
  readonly now: () => number
}

/** Statuses by which servers say that they do not know an operation. */
const unknownOperation: ReadonlySet<number> = new Set([400, 404, 405, 422, 501])

/** The first view, as soon as it can be shown; later ones as more arrives. */
export async function* loadResults(request: LoadRequest): AsyncGenerator<Loaded> {
  try {
    yield await grouped(request, { resources: [], versions: new Map() }, '')
  } catch (error) {
    if (!(error instanceof FhirError && unknownOperation.has(error.status))) throw error
    yield* searched(request)
  }
}

interface Known {
  readonly resources: readonly JsonObject[]
  readonly versions: ReadonlyMap<string, readonly JsonObject[]>
}

interface Part {
  readonly name: string
  readonly resource?: JsonObject
  readonly valueInstant?: string
}

async function grouped(request: LoadRequest, before: Known, query: string): Promise<Loaded> {
  const { client, patient, signal, now } = request
  const answer = await client.get(`Patient/${patient}/$results${query}`, signal)
  const known = together(before, partsOf(answer))
  const next = partsOf(answer).find(({ name }) => name === 'next')?.valueInstant
  return {
    view: resultsView({ ...known, now: now() }),
    documentAt: documentsOf(request),
    older: next === undefined ? undefined : () => grouped(request, known, `?before=${encodeURIComponent(next)}`),
    trend: async (analyte) => {
      const [system, code] = analyte.split('|')
      // A name is no code that could be searched for.
      const course = system
        ? partsOf(
            await client.get(`Patient/${patient}/$results?code=${encodeURIComponent(`${system}|${code}`)}`, signal),
          )
        : []
      return trendIn(resultsView({ ...together(known, course), now: now() }), analyte)
    },
  }
}

function partsOf(answer: JsonObject): readonly Part[] {
  return Array.isArray(answer['parameter']) ? (answer['parameter'] as unknown as readonly Part[]) : []
}

function together({ resources, versions }: Known, parts: readonly Part[]): Known {
  const named = (wanted: string) =>
    parts.flatMap(({ name, resource }) => (name === wanted && resource ? [resource] : []))
  const earlier = Map.groupBy(named('earlier'), ({ id }) => `Observation/${id}`)
  return { resources: [...resources, ...named('resource')], versions: new Map([...versions, ...earlier]) }
}

function documentsOf({ client, signal }: LoadRequest): DocumentReader {
  return (url) => (client.isOwn(url) ? () => client.bytes(url, signal) : undefined)
}

function trendIn({ trends }: ResultsView, analyte: string): Trend | undefined {
  return trends.find((trend) => trend.analyte === analyte)
}

/** Asked for one after the other: the first have what most people look for. */
const searches = [
  { type: 'DiagnosticReport', criteria: '', shape: '&_sort=-date&_count=100' },
  { type: 'Observation', criteria: '&category=laboratory', shape: '&_sort=-date&_count=200' },
  { type: 'Observation', criteria: '&category=vital-signs', shape: '&_sort=-date&_count=200' },
  { type: 'ServiceRequest', criteria: '&status=active,on-hold,revoked', shape: '&_count=100' },
] as const

async function* searched(request: LoadRequest): AsyncGenerator<Loaded> {
  const { client, patient, signal, now } = request
  const resources: JsonObject[] = []
  const loaded = (): Loaded => {
    const view = resultsView({ resources, now: now() })
    return {
      view,
      older: undefined,
      documentAt: documentsOf(request),
      trend: async (analyte) => trendIn(view, analyte),
    }
  }
  for (const search of searches) {
    for await (const page of pagesOf(client, patient, search, signal)) {
      resources.push(...page)
      if (search.type === 'Observation') yield loaded()
    }
  }
  yield loaded()
}

/** A type that the app may not see, or that the server does not know, is left out: the others are of use without it. */
async function* pagesOf(
  client: FhirClient,
  patient: string,
  { type, criteria, shape }: (typeof searches)[number],
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  const plain = `${type}?patient=${patient}${criteria}`
  const isOptional = type !== 'Observation'
  try {
    yield* client.pages(plain + shape, signal)
  } catch (error) {
    if (!(error instanceof FhirError) || error.status < 400 || error.status === 401) throw error
    if (error.status === 403 && isOptional) return
    try {
      // Some servers refuse what only shapes the answer.
      yield* client.pages(plain, signal)
    } catch (again) {
      if (!(isOptional && again instanceof FhirError && unknownOperation.has(again.status))) throw again
    }
  }
}
