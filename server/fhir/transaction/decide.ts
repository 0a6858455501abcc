/** What each entry of a transaction does, once it is known what the conditions find. https://hl7.org/fhir/R4/http.html#trules */
import { quotable } from '../json-value.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import { type Entry, errorInEntry } from './entry.ts'
import { type Criterion, criterionKey } from './links.ts'

/** A resource that a search found. */
export interface Found {
  readonly id: string
  readonly version: number
}

/** What criteria found, by `criterionKey`. */
export type Matches = ReadonlyMap<string, readonly Found[]>

/** What becomes of an entry. */
export type Decision =
  | { readonly act: 'create' | 'patch'; readonly type: string; readonly id: string }
  /** `fresh`: nothing may be stored under the id yet. */
  | { readonly act: 'put'; readonly type: string; readonly id: string; readonly fresh?: boolean }
  /** A condition may find several, or none. */
  | { readonly act: 'delete'; readonly type: string; readonly ids: readonly string[] }
  /** A conditional create that is met already: by a stored version, or by another entry where there is none. */
  | { readonly act: 'found'; readonly type: string; readonly id: string; readonly version?: number }
  /** Not a write that is planned: carried out alone, after the writes. */
  | { readonly act: 'other' }

/** A search that decides what an entry does; `limit` matches are enough to know. */
export interface Condition extends Criterion {
  readonly limit: number
}

/** So many matches are too many for a conditional delete. */
export const tooManyDeleted = { single: 2, multiple: 1000 } as const

/** How many resources a delete may delete. */
export function mostDeletedBy({ several }: Entry): number {
  return tooManyDeleted[several ? 'multiple' : 'single'] - 1
}

/**
 * The condition of an entry, if it has one. But for deletes of several, two matches are too many: two that other entries,
 * which are carried out before, do not delete. `deleted` is how many these may be.
 */
export function conditionOf({ type, criteria, kind, several }: Entry, deleted = 0): Condition[] {
  const limit = several ? tooManyDeleted.multiple : kind === 'delete' ? tooManyDeleted.single : 2 + deleted
  return criteria === undefined ? [] : [{ type, query: criteria, limit }]
}

/** Decides what the entries do. `newIds` are the ids for what entries create, by their position in `entries`. */
export function decide(entries: readonly Entry[], matches: Matches, newIds: readonly string[]): Decision[] {
  const creators: Creators = new Map()
  const decideAt = (entry: Entry, i: number, found: Matches): Decision => {
    try {
      return decideOne(entry, found, newIds[i]!, creators)
    } catch (error) {
      throw errorInEntry(error, entry.index)
    }
  }
  const deletes = entries.map((entry, i) => (entry.kind === 'delete' ? decideAt(entry, i, matches) : undefined))
  const rest = withoutDeleted(matches, deletes)
  const decisions = entries.map((entry, i) => deletes[i] ?? decideAt(entry, i, rest))
  const issues = overlaps(decisions.flatMap((decision, i) => identities(decision, entries[i]!.index)))
  if (issues.length > 0) throw new OutcomeError(issues)
  return decisions
}

/** What the other entries find: deletes come first. https://hl7.org/fhir/R4/http.html#trules */
function withoutDeleted(matches: Matches, deletes: readonly (Decision | undefined)[]): Matches {
  const gone = new Set(deletes.flatMap((decision) => (decision ? changedReferences(decision) : [])))
  if (gone.size === 0) return matches
  return new Map(
    [...matches].map(([key, found]) => {
      const type = key.slice(0, key.indexOf('?'))
      return [key, found.filter(({ id }) => !gone.has(`${type}/${id}`))]
    }),
  )
}

/** The ids that entries create, by their condition. */
export type Creators = Map<string, string>

/** Decides what one entry does, after those before it. */
export function decideOne(entry: Entry, matches: Matches, newId: string, creators: Creators): Decision {
  const [condition] = conditionOf(entry)
  const found = condition && matches.get(criterionKey(condition))
  if (condition && found) refuseSeveral(condition, found, entry)
  return decideEntry[entry.kind](entry, found ?? [], newId, creators)
}

function refuseSeveral({ limit, ...criterion }: Condition, found: readonly Found[], { several }: Entry): void {
  if (found.length <= 1 || (several && found.length < limit)) return
  const count = found.length < limit ? found.length : `${limit} or more`
  throw new OutcomeError('multiple-matches', { count, criteria: criterionKey(criterion) })
}

type Decide = (entry: Entry, found: readonly Found[], newId: string, creators: Creators) => Decision

const decideEntry: Readonly<Record<Entry['kind'], Decide>> = {
  /** Of several entries under one condition the first creates and the others find what it created. */
  create: ({ type, criteria }, [match], newId, creators) => {
    if (match) return { act: 'found', type, ...match }
    if (criteria === undefined) return { act: 'create', type, id: newId }
    const key = criterionKey({ type, query: criteria })
    const created = creators.get(key)
    if (created !== undefined) return { act: 'found', type, id: created }
    creators.set(key, newId)
    return { act: 'create', type, id: newId }
  },
  /** https://hl7.org/fhir/R4/http.html#cond-update */
  update: ({ type, id, criteria, resource, request }, [match], newId, creators) => {
    if (id !== undefined) return { act: 'put', type, id }
    if (!match && request.headers.ifMatch !== undefined) {
      throw new OutcomeError('no-current-version', { reference: `${type}?${criteria}` })
    }
    const given = resource!['id']
    if (match === undefined) {
      const key = criterionKey({ type, query: criteria! })
      if (creators.has(key)) throw createdTwice(key)
      creators.set(key, typeof given === 'string' ? given : newId)
      return typeof given === 'string'
        ? { act: 'put', type, id: given, fresh: true }
        : { act: 'create', type, id: newId }
    }
    if (given === undefined || given === match.id) return { act: 'put', type, id: match.id }
    throw new OutcomeError('wrong-id', { actual: quotable(given), expected: match.id }, { expression: `${type}.id` })
  },
  delete: ({ type, id }, found) => ({ act: 'delete', type, ids: id === undefined ? found.map((m) => m.id) : [id] }),
  patch: ({ type, id, criteria }, [match]) => {
    const target = id ?? match?.id
    if (target === undefined) throw new OutcomeError('no-match', { criteria: `${type}?${criteria}` })
    return { act: 'patch', type, id: target }
  },
  other: () => ({ act: 'other' }),
}

/** The second would have to change what the first has just created. */
function createdTwice(criteria: string): OutcomeError {
  const reason = `${criteria} finds nothing, and another entry would create it. Keep one of the two, or send them apart.`
  return new OutcomeError('invalid-bundle', { reason }, { expression: 'entry.request' })
}

/** The stored resources that a decision replaces or removes, as `Type/id`. */
export function changedReferences(decision: Decision): string[] {
  if (decision.act === 'put') return [`${decision.type}/${decision.id}`]
  return decision.act === 'delete' ? decision.ids.map((id) => `${decision.type}/${id}`) : []
}

/** A resource that the entry at `index` stands for. Several may, as long as none changes it. */
export interface Identity {
  readonly index: number
  readonly type: string
  readonly id: string
  readonly changes: boolean
}

/** Issues where one resource would be changed by one entry and stood for by another. */
export function overlaps(list: readonly Identity[]): Issue[] {
  const seen = new Map<string, Identity>()
  return list.flatMap((identity) => {
    const reference = `${identity.type}/${identity.id}`
    const first = seen.get(reference)
    seen.set(reference, first ?? identity)
    if (first === undefined || (!first.changes && !identity.changes)) return []
    return [repeated(`${reference} is changed by`, first.index, identity.index, '.request')]
  })
}

/** The issue of two entries that cannot be in one transaction. */
export function repeated(what: string, first: number, second: number, member: string): Issue {
  const reason = `${what} the entries ${first} and ${second}. Keep one of them, or send them apart.`
  return { code: 'invalid-bundle', params: { reason }, expression: `Bundle.entry[${second}]${member}` }
}

/** What a decision stands for. */
export function identities(decision: Decision, index: number): Identity[] {
  if (decision.act === 'other') return []
  const { type } = decision
  if (decision.act === 'delete') return decision.ids.map((id) => ({ index, type, id, changes: true }))
  return [{ index, type, id: decision.id, changes: decision.act === 'put' || decision.act === 'patch' }]
}
