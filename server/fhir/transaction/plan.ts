/**
 * Plans a transaction: what each entry will do, once it is known what its conditions find.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import type { JsonObject } from '../json.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import {
  type Condition,
  changedReferences,
  conditionOf,
  type Decision,
  type Matches,
  overlaps,
  repeated,
} from './decide.ts'
import { bundleEntries, type Entry, type EntryOptions, errorInEntry, readEntry } from './entry.ts'
import { identifierForm, identifierForms } from './identifiers.ts'
import { type Criterion, criterionKey, entryNames, findLinks, type Link } from './links.ts'

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
  const links = entries.flatMap((entry) => findLinks(entry, names, options, faults))
  if (faults.length > 0) throw new OutcomeError(faults.slice(0, mostIssues))
  return { entries, links, conditions: distinctConditions(entries), searches: searchesIn(links) }
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

/** Distinct searches that stand in place of references. */
export function searchesIn(links: readonly Link[]): Criterion[] {
  return distinct(links.flatMap(({ targets }) => targets.flatMap((t) => ('criterion' in t ? [t.criterion] : []))))
}

/**
 * What the searches in place of references find, as `Type/id` by `criterionKey`: what was stored and stays, and what the
 * entries themselves store. Issues where that is not exactly one resource.
 */
export function resolveSearches(
  searches: readonly Criterion[],
  matches: Matches,
  entries: readonly Entry[],
  decisions: readonly Decision[],
): { readonly resolved: ReadonlyMap<string, string>; readonly failed: ReadonlyMap<string, Issue> } {
  const changed = new Set(decisions.flatMap(changedReferences))
  const own = ownIdentifiers(searches, entries, decisions)
  const resolved = new Map<string, string>()
  const failed = new Map<string, Issue>()
  for (const search of searches) {
    const key = criterionKey(search)
    const stored = (matches.get(key) ?? []).map(({ id }) => `${search.type}/${id}`).filter((text) => !changed.has(text))
    const form = identifierForm(search.query)
    const found = new Set([...stored, ...(form === undefined ? [] : (own.get(`${search.type} ${form}`) ?? []))])
    const [first] = found
    if (found.size === 1) resolved.set(key, first!)
    else failed.set(key, { code: 'unresolved-reference', params: { reference: key, count: found.size } })
  }
  return { resolved, failed }
}

/** Points all links at what they lead to; issues for those that lead nowhere. */
export function resolveLinks(
  links: readonly Link[],
  textOfEntry: (index: number) => string,
  { resolved, failed }: ReturnType<typeof resolveSearches>,
): Issue[] {
  const issues: Issue[] = []
  for (const { entry, targets, write } of links) {
    const texts = targets.map((target) => {
      if ('entry' in target) return textOfEntry(target.entry)
      const key = criterionKey(target.criterion)
      const issue = failed.get(key)
      if (issue) issues.push({ ...issue, expression: `Bundle.entry[${entry}]` })
      return resolved.get(key) ?? key
    })
    write(texts)
  }
  return issues
}

/** `Type form` to the references of what the entries store under that identifier. */
function ownIdentifiers(
  searches: readonly Criterion[],
  entries: readonly Entry[],
  decisions: readonly Decision[],
): Map<string, string[]> {
  const types = new Set(searches.map(({ type }) => type))
  const own = new Map<string, string[]>()
  entries.forEach(({ resource }, i) => {
    const decision = decisions[i]!
    const stored = decision.act === 'create' || decision.act === 'put'
    if (!stored || !resource || !types.has(decision.type)) return
    for (const form of identifierForms(resource)) {
      const name = `${decision.type} ${form}`
      own.set(name, [...(own.get(name) ?? []), `${decision.type}/${decision.id}`])
    }
  })
  return own
}

/** Equal conditions are searched once, for as many matches as one of them needs. */
function distinctConditions(entries: readonly Entry[]): Condition[] {
  const byLimit = entries.flatMap(conditionOf).sort((a, b) => a.limit - b.limit)
  return [...new Map(byLimit.map((condition) => [criterionKey(condition), condition])).values()]
}

function distinct(criteria: readonly Criterion[]): Criterion[] {
  return [...new Map(criteria.map((criterion) => [criterionKey(criterion), criterion])).values()]
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
