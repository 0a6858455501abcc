/** Results grouped as they were ordered and reported. */
import { timeOf } from './dates.ts'
import type { Report } from './report.ts'
import type { Result } from './result.ts'

export interface Panel {
  /** That of the report, or of the result that is made of others, or of the first result. */
  readonly reference: string
  readonly report?: Report
  /** Undefined where nobody has named the group: its category says what it is. */
  readonly name?: string
  readonly categories: readonly string[]
  readonly collected?: string
  /** When it was collected, or else issued, in milliseconds since 1970; what has no time is old. */
  readonly time: number
  readonly issued?: string
  readonly results: readonly Result[]
  /** Results the report names that are not there: withheld, not yet sent, or elsewhere. */
  readonly missing: number
}

/** Every result is in a panel; those of reports are in theirs. Newest first. */
export function panelsOf(results: readonly Result[], reports: readonly Report[]): readonly Panel[] {
  const known = new Map(results.map((result) => [result.reference, result]))
  const placed = new Set<string>()
  const take = (references: readonly string[]) => references.flatMap((one) => withMembers(one, known, placed))
  const reported = reports.map((report) => {
    const found = take(report.results)
    const missing = report.results.filter((reference) => !known.has(localReference(reference))).length
    return panelOf(report.reference, found, missing, report)
  })
  const composed = results
    .filter(({ reference, members }) => members.length > 0 && !placed.has(reference))
    .flatMap(({ reference }) => {
      const found = take([reference])
      return found.length === 0 ? [] : [panelOf(reference, found, 0)]
    })
  const single = results.filter(({ reference }) => !placed.has(reference))
  const grouped = [...Map.groupBy(single, occasionOf).values()].map((group) => panelOf(group[0]!.reference, group, 0))
  return [...reported, ...composed, ...grouped].toSorted(newestFirst)
}

/** Without a report, an order, or else a visit's measurements of one time, say what belongs together. */
function occasionOf({ order, encounter, categories, collected, reference }: Result): string {
  if (order !== undefined) return `order ${order} ${collected}`
  if (collected === undefined) return reference
  return `${encounter} ${categories[0]} ${collected}`
}

function panelOf(reference: string, results: readonly Result[], missing: number, report?: Report): Panel {
  const [first] = results
  const isComposed = first !== undefined && first.members.length > 0 && first.reference === reference
  const name = report?.name ?? (results.length === 1 || isComposed ? first?.name : undefined)
  const categories = [...new Set([...(report?.categories ?? []), ...results.flatMap((one) => one.categories)])]
  const collected = report?.collected ?? latestOf(results)?.collected
  const issued = report?.issued ?? first?.issued
  return {
    reference,
    categories,
    results,
    missing,
    time: timeOf(collected) ?? timeOf(issued) ?? Number.NEGATIVE_INFINITY,
    ...(report && { report }),
    ...(name !== undefined && { name }),
    ...(collected !== undefined && { collected }),
    ...(issued !== undefined && { issued }),
  }
}

/** A result with what it is made of, to any depth; each once. */
function withMembers(reference: string, known: ReadonlyMap<string, Result>, placed: Set<string>): readonly Result[] {
  const found: Result[] = []
  const pending = [reference]
  while (pending.length > 0) {
    const result = known.get(localReference(pending.shift()!))
    if (!result || placed.has(result.reference)) continue
    placed.add(result.reference)
    found.push(result)
    pending.unshift(...result.members)
  }
  return found
}

/** `Observation/17` of `https://ehr.example.org/fhir/Observation/17/_history/2`. */
function localReference(reference: string): string {
  return /(?:^|\/)(Observation\/[A-Za-z0-9\-.]+)(?:\/_history\/.*)?$/.exec(reference)?.[1] ?? reference
}

function newestFirst(a: Panel, b: Panel): number {
  return a.time === b.time ? a.reference.localeCompare(b.reference) : b.time > a.time ? 1 : -1
}

function latestOf(results: readonly Result[]): Result | undefined {
  return results.reduce<Result | undefined>(
    (latest, one) => (one.time !== undefined && one.time > (latest?.time ?? Number.NEGATIVE_INFINITY) ? one : latest),
    undefined,
  )
}
