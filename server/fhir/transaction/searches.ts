/** Searches in place of references: what they find, and the links that are resolved with it. */
import type { Issue } from '../outcome.ts'
import { changedReferences, type Decision, type Matches } from './decide.ts'
import { identifierForm } from './identifiers.ts'
import { type Criterion, criterionKey, type Link, type LinkTarget } from './links.ts'

/** What searches find, as `Type/id` by `criterionKey`; issues for those that do not find exactly one resource. */
export interface Resolved {
  readonly resolved: ReadonlyMap<string, string>
  readonly failed: ReadonlyMap<string, Issue>
}

/** The distinct searches among what links lead to. */
export function searchesIn(targets: readonly LinkTarget[]): Criterion[] {
  const criteria = targets.flatMap((target) => ('criterion' in target ? [target.criterion] : []))
  return [...new Map(criteria.map((criterion) => [criterionKey(criterion), criterion])).values()]
}

/**
 * Resolves searches: with what was stored and stays, and what the entries themselves store. `formsOf` tells the
 * identifiers (see `identifierForms`) of what the entry at a position stores.
 */
export function resolveSearches(
  searches: readonly Criterion[],
  matches: Matches,
  decisions: readonly Decision[],
  formsOf: (position: number) => readonly string[],
): Resolved {
  const changed = new Set(decisions.flatMap(changedReferences))
  const own = ownIdentifiers(searches, decisions, formsOf)
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
  { resolved, failed }: Resolved,
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
  decisions: readonly Decision[],
  formsOf: (position: number) => readonly string[],
): Map<string, string[]> {
  const types = new Set(searches.map(({ type }) => type))
  const own = new Map<string, string[]>()
  decisions.forEach((decision, position) => {
    if ((decision.act !== 'create' && decision.act !== 'put') || !types.has(decision.type)) return
    for (const form of formsOf(position)) {
      const name = `${decision.type} ${form}`
      own.set(name, [...(own.get(name) ?? []), `${decision.type}/${decision.id}`])
    }
  })
  return own
}
