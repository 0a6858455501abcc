/** A patient's results from the server: grouped by it where it can, or else from plain searches. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { type ResultsView, resultsView } from '../../server/fhir/results/results-view.ts'
import type { Trend } from '../../server/fhir/results/trend.ts'
import type { FhirClient } from '../shared/fhir/fhir-client.ts'
import { FhirError } from '../shared/fhir/fhir-error.ts'
import { type Comment, commentsByResult } from './comments.ts'
import type { DocumentReader } from './report-text.ts'

/** What is known so far, and how to know more. */
export interface Loaded {
  readonly view: ResultsView
  /** Asks for what is older; undefined where all is there. */
  readonly older: (() => Promise<Loaded>) | undefined
  /** Asks whether there is something new: undefined where there is not. Absent where the server cannot tell. */
  readonly newer: ((signal: AbortSignal) => Promise<Loaded | undefined>) | undefined
  readonly comments: ReadonlyMap<string, readonly Comment[]>
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
    const answer = partsOf(await request.client.get(`Patient/${request.patient}/$results`, request.signal))
    yield grouped(request, together(nothingKnown, answer), { next: nextIn(answer), state: stateIn(answer) })
  } catch (error) {
    if (!(error instanceof FhirError && unknownOperation.has(error.status))) throw error
    yield* searched(request)
  }
}

interface Known {
  readonly resources: readonly JsonObject[]
  readonly versions: ReadonlyMap<string, readonly JsonObject[]>
  /** Communications. */
  readonly comments: readonly JsonObject[]
}

const nothingKnown: Known = { resources: [], versions: new Map(), comments: [] }

/** How far is known. */
interface Reach {
  /** An instant: what is older was not asked for. */
  readonly next: string | undefined
  readonly state: string | undefined
}

interface Part {
  readonly name: string
  readonly resource?: JsonObject
  readonly valueInstant?: string
  readonly valueString?: string
}

function grouped(request: LoadRequest, known: Known, { next, state }: Reach): Loaded {
  const { client, patient, signal, now } = request
  const ask = async (query: string, by = signal) => partsOf(await client.get(`Patient/${patient}/$results${query}`, by))
  return {
    view: resultsView({ ...known, now: now() }),
    comments: commentsByResult(known.comments),
    documentAt: documentsOf(request),
    older:
      next === undefined
        ? undefined
        : async () => {
            const answer = await ask(`?before=${encodeURIComponent(next)}`)
            return grouped(request, together(known, answer), { next: nextIn(answer), state })
          },
    newer:
      state === undefined
        ? undefined
        : async (by) => {
            const answer = await ask(`?state=${encodeURIComponent(state)}`, by)
            const current = stateIn(answer)
            return current === state ? undefined : grouped(request, together(known, answer), { next, state: current })
          },
    trend: async (analyte) => {
      const [system, code] = analyte.split('|')
      // A name is no code that could be searched for.
      const course = system ? await ask(`?code=${encodeURIComponent(`${system}|${code}`)}`) : []
      return trendIn(resultsView({ ...together(known, course), now: now() }), analyte)
    },
  }
}

function partsOf(answer: JsonObject): readonly Part[] {
  return Array.isArray(answer['parameter']) ? (answer['parameter'] as unknown as readonly Part[]) : []
}

function nextIn(parts: readonly Part[]): string | undefined {
  return parts.find(({ name }) => name === 'next')?.valueInstant
}

function stateIn(parts: readonly Part[]): string | undefined {
  return parts.find(({ name }) => name === 'state')?.valueString
}

/** What comes later is how things are now. */
function together({ resources, versions, comments }: Known, parts: readonly Part[]): Known {
  const named = (wanted: string) =>
    parts.flatMap(({ name, resource }) => (name === wanted && resource ? [resource] : []))
  const earlier = Map.groupBy(named('earlier'), ({ id }) => `Observation/${id}`)
  return {
    resources: latest([...resources, ...named('resource')]),
    versions: new Map([...versions, ...earlier]),
    comments: latest([...comments, ...named('comment')]),
  }
}

function latest(resources: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(resources.map((resource) => [`${resource['resourceType']}/${resource['id']}`, resource])).values()]
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
      newer: undefined,
      comments: new Map(),
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
