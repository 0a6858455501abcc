/**
 * Plans a transaction: reads its entries, finds their links and what must be searched before it is carried out.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import { isJsonObject, type JsonObject } from '../json.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import { type Condition, conditionOf, mostDeletedBy, overlaps, repeated } from './decide.ts'
import { bundleEntries, type Entry, type EntryOptions, errorInEntry, readEntry } from './entry.ts'
import { findPatchLinks } from './json-patch-links.ts'
import { type Criterion, criterionKey, type EntryNames, entryNames, findLinks, type Link } from './links.ts'
import { searchesIn } from './searches.ts'

export interface TransactionPlan {
  readonly entries: readonly Entry[]
  readonly links: readonly Link[]
  /** Distinct conditions of entries: these are locked before they are searched. */
  readonly conditions: readonly Condition[]
  /** Distinct searches in place of references. */
  readonly searches: readonly Criterion[]
}

/** So much is told of what is wrong with a Bundle. */
export const mostIssues = 100

/** Reads a transaction Bundle. Throws with what is wrong with it, the first entry's fault first. */
export function planTransaction(bundle: JsonObject, options: EntryOptions): TransactionPlan {
  const { entries, issues } = readEntries(bundle, options)
  const targets = entries.flatMap(({ index, type, id }) =>
    id === undefined ? [] : [{ index, type, id, changes: true }],
  )
  const faults = [issues, repeatedFullUrls(entries), overlaps(targets)].flat()
  const names = entryNames(entries)
  const links = entries.flatMap((entry) => linksOf(entry, names, options, faults))
  if (faults.length > 0) throw new OutcomeError(faults.slice(0, mostIssues))
  return {
    entries,
    links,
    conditions: distinctConditions(entries),
    searches: searchesIn(links.flatMap((link) => link.targets)),
  }
}

/** A FHIRPath Patch is a resource with links like any other; a JSON Patch holds parts of one. */
function linksOf(entry: Entry, names: EntryNames, options: EntryOptions, issues: Issue[]): Link[] {
  const { kind, request } = entry
  const { body } = request
  if (kind !== 'patch' || body === undefined) return findLinks(entry, names, options, issues)
  return isJsonObject(body) && body['resourceType'] === 'Parameters'
    ? findLinks({ ...entry, resource: body }, names, options, issues)
    : findPatchLinks(entry, body, names, options, issues)
}

function readEntries(bundle: JsonObject, options: EntryOptions): { entries: Entry[]; issues: Issue[] } {
  const entries: Entry[] = []
  const issues: Issue[] = []
  for (const [index, value] of bundleEntries(bundle).entries()) {
    try {
      entries.push(readEntry(value, index, options))
    } catch (error) {
      const failure = errorInEntry(error, index)
      if (!(failure instanceof OutcomeError)) throw failure
      issues.push(...failure.issues)
      if (issues.length >= mostIssues) throw new OutcomeError(issues)
    }
  }
  return { entries, issues }
}

/** Equal conditions are searched once, for as many matches as one of them needs. */
export function distinctConditions(entries: readonly Entry[]): Condition[] {
  const deleted = new Map<string, number>()
  for (const entry of entries) {
    if (entry.kind === 'delete') deleted.set(entry.type, (deleted.get(entry.type) ?? 0) + mostDeletedBy(entry))
  }
  const byLimit = entries
    .flatMap((entry) => conditionOf(entry, deleted.get(entry.type)))
    .sort((a, b) => a.limit - b.limit)
  return [...new Map(byLimit.map((condition) => [criterionKey(condition), condition])).values()]
}

function repeatedFullUrls(entries: readonly Entry[]): Issue[] {
  const seen = new Map<string, number>()
  return entries.flatMap(({ fullUrl, index }) => {
    if (fullUrl === undefined) return []
    const first = seen.get(fullUrl)
    seen.set(fullUrl, first ?? index)
    return first === undefined ? [] : [repeated(`The fullUrl '${fullUrl}' occurs in`, first, index, '.fullUrl')]
  })
}
