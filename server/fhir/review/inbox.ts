/** What a clinician has to take notice of, in the order of doing so. Pure. */
import type { JsonObject } from '../json.ts'
import { objectIn, objectsIn, referenceIn, textIn } from '../results/reading.ts'
import { acknowledgedVersions } from './acknowledgement.ts'
import { hasLabel } from './labels.ts'

export interface InboxItem {
  /** `Observation/17` */
  readonly reference: string
  readonly resource: JsonObject
  readonly isCritical: boolean
  /** The patient does not see it yet. */
  readonly isHeld: boolean
  /** Milliseconds. */
  readonly since: number
}

export interface InboxInput {
  /** Observations and DiagnosticReports that may be of concern; one may come twice. */
  readonly results: readonly JsonObject[]
  /** `Observation/17` of those for which a critical task waits. */
  readonly critical: ReadonlySet<string>
  readonly provenances: readonly JsonObject[]
}

/** Critical ones first, then those that wait longest. What a report is made of comes with it, unless it is critical. */
export function inboxItems({ results, critical, provenances }: InboxInput): readonly InboxItem[] {
  const seen = new Set(provenances.flatMap(acknowledgedVersions))
  const unique = new Map(results.map((resource) => [referenceOf(resource), resource]))
  const open = [...unique].filter(([reference, resource]) => critical.has(reference) || !seen.has(versionOf(resource)))
  const parts = new Set(open.flatMap(([, { result }]) => objectsIn(result).flatMap((one) => referenceIn(one) ?? [])))
  return open
    .map(([reference, resource]) => itemOf(reference, resource, critical))
    .filter(({ reference, isCritical }) => isCritical || !parts.has(reference))
    .toSorted((a, b) => Number(b.isCritical) - Number(a.isCritical) || a.since - b.since)
}

export function referenceOf({ resourceType, id }: JsonObject): string {
  return `${String(resourceType)}/${String(id)}`
}

function versionOf(resource: JsonObject): string {
  return `${referenceOf(resource)}/_history/${textIn(objectIn(resource['meta'])?.['versionId'])}`
}

function itemOf(reference: string, resource: JsonObject, critical: ReadonlySet<string>): InboxItem {
  const time = textIn(resource['issued']) ?? textIn(objectIn(resource['meta'])?.['lastUpdated']) ?? ''
  return {
    ...{ reference, resource, isCritical: critical.has(reference), isHeld: hasLabel(resource, 'held') },
    since: Date.parse(time) || 0,
  }
}
