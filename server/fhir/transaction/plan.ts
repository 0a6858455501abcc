/**
 * Plans a transaction: what each entry will do, once it is known what its conditions find.
 * https://hl7.org/fhir/R4/http.html#trules
 */
import type { JsonObject } from '../json.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import { bundleEntries, type Entry, type EntryOptions, errorInEntry, readEntry } from './entry.ts'
import { identifierForm, identifierForms } from './identifiers.ts'
import { type Criterion, criterionKey, entryNames, findLinks, type Link } from './links.ts'

export interface TransactionPlan {
  readonly entries: readonly Entry[]
  readonly links: readonly Link[]
  /** Distinct conditions of entries: these are locked before they are searched. */
  readonly conditions: readonly Criterion[]
  /** Distinct searches in place of references. */
  readonly searches: readonly Criterion[]
}

/** A resource that a search found. */
export interface Found {
  readonly id: string
  readonly version: number
}

/** What the criteria found, by `criterionKey`. */
export type Matches = ReadonlyMap<string, readonly Found[]>

/** What becomes of an entry. */
export type Decision =
  | { readonly act: 'create' | 'delete' | 'patch'; readonly type: string; readonly id: string }
  /** `fresh`: nothing may be stored under the id yet. */
  | { readonly act: 'put'; readonly type: string; readonly id: string; readonly fresh?: boolean }
  /** A conditional create that is met already: by a stored version, or by another entry where there is none. */
  | { readonly act: 'found'; readonly type: string; readonly id: string; readonly version?: number }
  /** A conditional delete that finds nothing. */
  | { readonly act: 'nothing' }
  /** Not a write that is planned: carried out alone, after the writes. */
  | { readonly act: 'other' }

/** Reads a transaction Bundle. Throws with everything that is wrong with it, the first entry's fault first. */
export function planTransaction(bundle: JsonObject, options: EntryOptions): TransactionPlan {
  const issues: Issue[] = []
  const entries = bundleEntries(bundle).flatMap((value, index) =>
    collecting(issues, index, () => readEntry(value, index, options)),
  )
  issues.push(
    ...repeatedFullUrls(entries),
    ...overlaps(entries.map(({ index, type, id }) => ({ index, type, id, changes: true }))),
  )
  const names = entryNames(entries)
  const links = entries.flatMap((entry) => findLinks(entry, names, options, issues))
  if (issues.length > 0) throw new OutcomeError(issues)
  return { entries, links, conditions: distinct(entries.flatMap(conditionOf)), searches: searchesIn(links) }
}

/** Runs `read`; an outcome it throws becomes issues of the entry at `index`. */
function collecting<T>(issues: Issue[], index: number, read: () => T): T[] {
  try {
    return [read()]
  } catch (error) {
    const failure = errorInEntry(error, index)
    if (!(failure instanceof OutcomeError)) throw failure
    issues.push(...failure.issues)
    return []
  }
}

/** Distinct searches that stand in place of references. */
export function searchesIn(links: readonly Link[]): Criterion[] {
  return distinct(links.flatMap(({ targets }) => targets.flatMap((t) => ('criterion' in t ? [t.criterion] : []))))
}

/** The condition of an entry, if it has one. */
export function conditionOf({ type, criteria }: Entry): Criterion[] {
  return criteria === undefined ? [] : [{ type, query: criteria }]
}

/** Decides what the entries do. `newIds` are the ids for what entries create, by their position in `entries`. */
export function decide(entries: readonly Entry[], matches: Matches, newIds: readonly string[]): Decision[] {
  const creators = new Map<string, string>()
  const decisions = entries.map((entry, i): Decision => {
    try {
      const found = entry.criteria === undefined ? undefined : matches.get(criterionKey(conditionOf(entry)[0]!))
      return decideEntry(entry, found, newIds[i]!, creators)
    } catch (error) {
      throw errorInEntry(error, entry.index)
    }
  })
  const issues = overlaps(
    decisions.map((decision, i) => ({ index: entries[i]!.index, ...decision, changes: decision.act !== 'found' })),
  )
  if (issues.length > 0) throw new OutcomeError(issues)
  return decisions
}

function decideEntry(
  entry: Entry,
  found: readonly Found[] | undefined,
  newId: string,
  creators: Map<string, string>,
): Decision {
  const { kind, type, criteria } = entry
  if (found && found.length > 1) {
    throw new OutcomeError('multiple-matches', { count: found.length, criteria: `${type}?${criteria}` })
  }
  const [match] = found ?? []
  switch (kind) {
    case 'create':
      return decideCreate(entry, match, newId, creators)
    case 'update':
      return entry.id === undefined ? decideUpdate(entry, match, newId) : { act: 'put', type, id: entry.id }
    case 'delete': {
      const id = entry.id ?? match?.id
      return id === undefined ? { act: 'nothing' } : { act: 'delete', type, id }
    }
    case 'patch': {
      const id = entry.id ?? match?.id
      if (id === undefined) throw new OutcomeError('no-match', { criteria: `${type}?${criteria}` })
      return { act: 'patch', type, id }
    }
    case 'other':
      return { act: 'other' }
  }
}

/** Of several entries under one condition the first creates and the others find what it created. */
function decideCreate(
  { type, criteria }: Entry,
  match: Found | undefined,
  newId: string,
  creators: Map<string, string>,
): Decision {
  if (match) return { act: 'found', type, ...match }
  if (criteria === undefined) return { act: 'create', type, id: newId }
  const key = criterionKey({ type, query: criteria })
  const created = creators.get(key)
  if (created !== undefined) return { act: 'found', type, id: created }
  creators.set(key, newId)
  return { act: 'create', type, id: newId }
}

/** https://hl7.org/fhir/R4/http.html#cond-update */
function decideUpdate({ resource, type }: Entry, match: Found | undefined, newId: string): Decision {
  const id = resource!['id']
  if (match === undefined)
    return typeof id === 'string' ? { act: 'put', type, id, fresh: true } : { act: 'create', type, id: newId }
  if (id === undefined || id === match.id) return { act: 'put', type, id: match.id }
  throw new OutcomeError('wrong-id', { actual: String(id), expected: match.id }, { expression: `${type}.id` })
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
  const changed = new Set(
    decisions.flatMap((d) => (d.act === 'put' || d.act === 'delete' ? [`${d.type}/${d.id}`] : [])),
  )
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

interface Identity {
  readonly index: number
  readonly type?: string
  readonly id?: string | undefined
  /** Several entries may stand for one resource as long as none changes it. */
  readonly changes?: boolean
}

/** One resource may be changed by one entry only. */
function overlaps(identities: readonly Identity[]): Issue[] {
  const seen = new Map<string, { index: number; changes: boolean }>()
  return identities.flatMap(({ index, type, id, changes = false }) => {
    if (id === undefined) return []
    const reference = `${type}/${id}`
    const first = seen.get(reference)
    seen.set(reference, first ?? { index, changes })
    if (first === undefined || (!first.changes && !changes)) return []
    return [repeated(`${reference} is changed by`, first.index, index, '.request')]
  })
}

function repeated(what: string, first: number, second: number, member: string): Issue {
  const reason = `${what} the entries ${first} and ${second}. Keep one of them, or send them apart.`
  return { code: 'invalid-bundle', params: { reason }, expression: `Bundle.entry[${second}]${member}` }
}
