/**
 * All results of a patient as people read them: panels and trends, what is on its way, and what could not be read.
 * One pure function, so that an app shows the same whether the server groups (`Patient/$results`) or it does so itself.
 */
import type { JsonObject } from '../json.ts'
import { type Correction, settleCorrections } from './corrections.ts'
import { timeOf } from './dates.ts'
import { type Order, orderOf } from './order.ts'
import { type Panel, panelsOf } from './panels.ts'
import { textIn } from './reading.ts'
import { type Report, reportOf } from './report.ts'
import { type Result, resultOf } from './result.ts'
import { type Trend, trendsOf } from './trend.ts'

export interface ResultsView {
  /** Newest first. */
  readonly panels: readonly Panel[]
  readonly trends: readonly Trend[]
  /** Without a result yet, or cancelled; newest first. */
  readonly orders: readonly Order[]
  readonly corrections: readonly Correction[]
  readonly setAside: readonly SetAside[]
}

/** What is not shown among the results, and why. */
export interface SetAside {
  /** `Observation/17` */
  readonly reference: string
  readonly reason: 'no-code' | 'withdrawn' | 'future'
}

export interface ResultsInput {
  /** Observations, DiagnosticReports and ServiceRequests of one patient in any order; others are passed over. */
  readonly resources: readonly JsonObject[]
  /** Earlier versions of corrected Observations, newest first. */
  readonly versions?: ReadonlyMap<string, readonly JsonObject[]>
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Clocks of instruments differ. */
const tolerated = 86_400_000

/** See `ResultsView`. Nothing in the input makes it fail. */
export function resultsView({ resources, versions, now }: ResultsInput): ResultsView {
  const setAside: SetAside[] = []
  const seen = new Set<string>()
  const unique = resources.filter((resource) => {
    const reference = `${textIn(resource['resourceType'])}/${textIn(resource['id'])}`
    if (!seen.has(reference)) return seen.add(reference)
    return false
  })
  const read = <T extends Result | Report>(type: string, reader: (resource: JsonObject) => T | undefined) =>
    unique.flatMap((resource) => {
      if (resource['resourceType'] !== type) return []
      const made = reader(resource)
      const reason = reasonAgainst(made, now)
      if (made && !reason) return [made]
      setAside.push({ reference: `${type}/${textIn(resource['id']) ?? ''}`, reason: reason ?? 'no-code' })
      return []
    })
  const reports = read('DiagnosticReport', reportOf)
  const earlier = new Map([...(versions ?? [])].map(([reference, list]) => [reference, list.flatMap(resultsOf)]))
  const { results, corrections } = settleCorrections(read('Observation', resultOf), earlier)
  return {
    panels: panelsOf(results, reports),
    trends: trendsOf(results, now + tolerated),
    orders: openOrders(unique, reports, results),
    corrections,
    setAside,
  }
}

function resultsOf(observation: JsonObject): readonly Result[] {
  const result = resultOf(observation)
  return result ? [result] : []
}

function reasonAgainst(made: Result | Report | undefined, now: number): SetAside['reason'] | undefined {
  if (!made) return 'no-code'
  if (made.state === 'withdrawn') return 'withdrawn'
  return made.time !== undefined && made.time > now + tolerated ? 'future' : undefined
}

/** An order that a final report or result answers is open no more, whatever its own status says. */
function openOrders(
  resources: readonly JsonObject[],
  reports: readonly Report[],
  results: readonly Result[],
): readonly Order[] {
  const isDone = ({ state }: Report | Result) => state === 'final' || state === 'corrected'
  const answered = new Set([
    ...reports.filter(isDone).flatMap((report) => report.orders),
    ...results.filter(isDone).flatMap(({ order }) => order ?? []),
  ])
  return resources
    .flatMap((resource) => {
      const order = resource['resourceType'] === 'ServiceRequest' ? orderOf(resource) : undefined
      return order && !answered.has(order.reference) ? [order] : []
    })
    .toSorted((a, b) => (timeOf(b.ordered) ?? 0) - (timeOf(a.ordered) ?? 0))
}
