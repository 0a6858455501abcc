/** `Patient/$results`: a patient's results as people read them; defined in profiles/operation-definitions/results.json. */
import { accessFor, reachesType } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import { dateRange, instant } from '../fhir/date-range.ts'
import type { JsonObject } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import {
  checkParameterNames,
  numberParameter,
  parametersResource,
  textParameter,
  textParameters,
} from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { textIn } from '../fhir/results/reading.ts'
import { analyteOf } from '../fhir/results/result.ts'
import { resultsText } from '../fhir/results/results-parameters.ts'
import { resultsView } from '../fhir/results/results-view.ts'
import { reviewSystem } from '../fhir/review/labels.ts'
import { newestQuery } from '../fhir/search/newest.ts'
import { scopeOf } from '../fhir/search/scope.ts'
import { parseSearch } from '../fhir/search/search-request.ts'
import { type FoundResource, findResources, foundResource } from '../interactions/find-resources.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { searchCompiler } from '../interactions/search-compiler.ts'
import { instanceHistory } from '../store/history.ts'
import { currentVersion } from '../store/resources.ts'
import { type NewestRow, runNewest } from '../store/search.ts'
import type { OperationCall } from './operation.ts'
import { resultsState } from './results-state.ts'

/** What people look for as results, unless they say otherwise: lifestyle and questionnaires are something else. */
const usualCategories = ['laboratory', 'vital-signs', 'imaging', 'procedure', 'exam', 'therapy', 'activity']
const usualCount = 100

interface Wanted {
  readonly patient: string
  readonly categories: readonly string[]
  /** `system|code`, to see the course of one analyte. */
  readonly code: string | undefined
  readonly count: number
  /** Milliseconds. */
  readonly before: number | undefined
}

export async function patientResults({ id, parameters }: OperationCall, given: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['category', 'code', '_count', 'before', 'state'])
  await checkExists(id!, given)
  const context = contextFor(given, 's')
  const wanted = wantedOf(id!, parameters)
  // Before all else: what changes meanwhile is another state.
  const state = isFirst(wanted) ? await resultsState(wanted.patient, context) : undefined
  if (state !== undefined && state === textParameter(parameters, 'state')) return unchanged(state)
  const [rows, newestReports, orders, comments] = await Promise.all([
    newestObservations(wanted, context),
    wanted.code === undefined ? findResources('DiagnosticReport', reportsQuery(wanted), context) : [],
    isFirst(wanted) ? findResources('ServiceRequest', ordersQuery(wanted), context) : [],
    findResources('Communication', commentsQuery(wanted), context),
  ])
  const observations = rows.map(({ content }) => foundResource(content))
  const cutoff = cutoffOf(rows, wanted)
  const reports = await withReportsOf(observations, newestReports.filter(isAfter(cutoff)), wanted, context)
  const rest = await observationsOf(reports, observations, wanted, context)
  const all = [...observations, ...rest, ...reports, ...orders]
  const versions = await earlierVersions([...observations, ...rest], context)
  const view = resultsView({
    resources: all.map(({ json }) => json),
    versions: new Map([...versions].map(([reference, list]) => [reference, list.map(({ json }) => json)])),
    now: context.now(),
  })
  const resources = [
    ...all.map(({ content }) => ['resource', content] as const),
    ...[...versions.values()].flat().map(({ content }) => ['earlier', content] as const),
    ...comments.map(({ content }) => ['comment', content] as const),
  ]
  const next = cutoff === undefined ? undefined : instant(cutoff)
  return { status: 200, content: resultsText({ view, resources, counts: countsOf(rows, observations), next, state }) }
}

/** Asks for the newest of all. */
function isFirst({ before, code }: Wanted): boolean {
  return before === undefined && code === undefined
}

/** Nothing is told of anybody. */
function unchanged(state: string): FhirReply {
  const parameter = [{ name: 'state', valueString: state }]
  return { status: 200, content: JSON.stringify(parametersResource(parameter)), isUntold: true }
}

async function checkExists(id: string, context: Context): Promise<void> {
  const key = keyOf(context, 'Patient', id)
  const access = accessFor(context.access, 'r')
  if (!(await currentVersion(context.store.db, access, 'Patient', key))) throw await absent(context, 'Patient', id, key)
}

function wantedOf(patient: string, parameters: JsonObject): Wanted {
  const text = textParameter(parameters, 'before')
  const before = text === undefined ? undefined : dateRange(text)?.low
  if (text !== undefined && before === undefined) {
    throw new OutcomeError('invalid-parameters', { reason: "The parameter 'before' must be an instant." })
  }
  const categories = textParameters(parameters, 'category')
  return {
    patient,
    categories: categories.length > 0 ? categories : usualCategories,
    code: textParameter(parameters, 'code'),
    count: numberParameter(parameters, '_count', 1, 5000) ?? usualCount,
    before,
  }
}

async function newestObservations(wanted: Wanted, context: Context): Promise<readonly NewestRow[]> {
  const { patient, categories, code, count, before } = wanted
  if (!reachesType(context.access, 'Observation')) return []
  const query = new URLSearchParams({ patient, ...(code === undefined ? { category: categories.join() } : { code }) })
  const request = parseSearch(['Observation'], query.toString(), { ...context, handling: 'strict' })
  const criteria = request.criteria.get('Observation') ?? []
  const compiler = await searchCompiler(criteria, context)
  const statement = newestQuery(criteria, scopeOf('Observation', compiler), { count, before })
  return runNewest(context.store.searchDb, compiler.access, 'Observation', statement)
}

function reportsQuery({ patient, before, count }: Wanted): string {
  const earlier = before === undefined ? '' : `&date=lt${encodeURIComponent(instant(before))}`
  return `patient=${encodeURIComponent(patient)}&_sort=-date&_count=${count}${earlier}`
}

function ordersQuery({ patient }: Wanted): string {
  return `patient=${encodeURIComponent(patient)}&status=active,on-hold,revoked&_sort=-authored&_count=200`
}

/** What the patient was told about results: see `$review-results`. */
function commentsQuery({ patient }: Wanted): string {
  return `patient=${encodeURIComponent(patient)}&category=${reviewSystem}|comment&_sort=-sent&_count=200`
}

/** The newest reports are those of the observations, and others since the oldest of these. */
async function withReportsOf(
  observations: readonly FoundResource[],
  newest: readonly FoundResource[],
  { patient }: Wanted,
  context: Context,
): Promise<readonly FoundResource[]> {
  const ids = observations.map(({ json }) => json['id'])
  if (ids.length === 0) return newest
  const query = new URLSearchParams({ patient, result: ids.map((id) => `Observation/${id}`).join(), _count: '1000' })
  const naming = await findResources('DiagnosticReport', query.toString(), context)
  const known = new Set(newest.map(({ json }) => json['id']))
  return [...newest, ...naming.filter(({ json }) => !known.has(json['id']!))]
}

/** What the reports name and is not there yet. */
async function observationsOf(
  reports: readonly FoundResource[],
  observations: readonly FoundResource[],
  { patient }: Wanted,
  context: Context,
): Promise<readonly FoundResource[]> {
  const known = new Set(observations.map(({ json }) => json['id']))
  const named = reports.flatMap(({ content }) => [...content.matchAll(/"Observation\/([A-Za-z0-9.-]{1,64})"/g)])
  const missing = [...new Set(named.map(([, id]) => id!))].filter((id) => !known.has(id))
  if (missing.length === 0) return []
  const query = new URLSearchParams({ patient, _id: missing.slice(0, 1000).join(), _count: '1000' })
  return findResources('Observation', query.toString(), context)
}

/** Of results that were corrected, what was said before. */
async function earlierVersions(
  observations: readonly FoundResource[],
  context: Context,
): Promise<ReadonlyMap<string, readonly FoundResource[]>> {
  const corrected = observations.filter(({ json }) => ['corrected', 'amended'].includes(String(json['status'])))
  const access = accessFor(context.access, 'r')
  const found = await Promise.all(
    corrected.slice(0, 100).map(async ({ json }) => {
      const key = keyOf(context, 'Observation', String(json['id']))
      const versions = await instanceHistory(context.store.db, access, 'Observation', key, {
        ...{ ascending: false, settled: false, limit: 10 },
      })
      const current = textIn((json['meta'] as JsonObject)['versionId'])
      const earlier = versions.filter(({ version, content }) => String(version) !== current && content !== null)
      return [`Observation/${json['id']}`, earlier.map(({ content }) => foundResource(content!))] as const
    }),
  )
  return new Map(found.filter(([, versions]) => versions.length > 0))
}

/** The time of the oldest of the newest, in milliseconds; undefined where there is nothing older. */
function cutoffOf(rows: readonly NewestRow[], { count }: Wanted): number | undefined {
  const newest = rows.filter((row) => row.newest)
  return newest.length < count ? undefined : Number(newest.at(-1)!.d0)
}

function isAfter(cutoff: number | undefined): (report: FoundResource) => boolean {
  return ({ json }) => {
    const period = json['effectivePeriod'] as JsonObject | undefined
    const time = dateRange(String(json['effectiveDateTime'] ?? period?.['start'] ?? json['issued']))?.low
    return cutoff === undefined || (time !== undefined && time >= cutoff)
  }
}

/** The database counts by the first coding; analytes are told by LOINC. */
function countsOf(rows: readonly NewestRow[], observations: readonly FoundResource[]): ReadonlyMap<string, number> {
  return new Map(rows.map(({ of_code }, i) => [analyteOf(observations[i]!.json['code']), of_code]))
}
