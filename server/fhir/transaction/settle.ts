/**
 * Settles entries that may fail one by one, as in an import: what cannot be carried out is left out, and so is what
 * refers to it, while the rest goes in.
 */
import { type Issue, OutcomeError } from '../outcome.ts'
import { type Creators, type Decision, decideOne, type Identity, identities, type Matches, overlaps } from './decide.ts'
import type { Entry } from './entry.ts'
import { type Criterion, criterionKey, type LinkTarget } from './links.ts'
import { type Resolved, resolveSearches } from './searches.ts'

/** An entry on trial. `entry.index` is its position among the drafts. */
export interface Draft {
  readonly entry: Entry
  /** What the links of its resource lead to. */
  readonly targets: readonly LinkTarget[]
  /** Why it is left out; empty as long as it is not. */
  rejected: readonly Issue[]
}

export interface SettleOptions {
  readonly matches: Matches
  /** The distinct searches among the drafts' targets. */
  readonly searches: readonly Criterion[]
  readonly newIds: readonly string[]
  /** See `resolveSearches`. */
  readonly formsOf: (position: number) => readonly string[]
  /** One resource may be written by several drafts, in their order. */
  readonly repeats: boolean
}

export interface Settled {
  /** By position; what is left out does nothing. */
  readonly decisions: readonly Decision[]
  readonly resolved: Resolved
}

const nothing: Decision = { act: 'other' }

export function settle(drafts: readonly Draft[], options: SettleOptions): Settled {
  const creators: Creators = new Map()
  const decisions = drafts.map((draft, i): Decision => {
    if (draft.rejected.length > 0) return nothing
    try {
      return decideOne(draft.entry, options.matches, options.newIds[i]!, creators)
    } catch (error) {
      if (!(error instanceof OutcomeError)) throw error
      draft.rejected = error.issues
      return nothing
    }
  })
  if (!options.repeats) rejectOverlaps(drafts, decisions)
  return { decisions, resolved: rejectDependents(drafts, decisions, options) }
}

function rejectOverlaps(drafts: readonly Draft[], decisions: Decision[]): void {
  const list: Identity[] = decisions.flatMap((decision, i) => identities(decision, i))
  for (const issue of overlaps(list)) {
    const second = Number(/\d+/.exec(issue.expression!)![0])
    drafts[second]!.rejected = [issue]
    decisions[second] = nothing
  }
}

/** What is left out may be what others refer to, and these what still others do. */
function rejectDependents(drafts: readonly Draft[], decisions: Decision[], options: SettleOptions): Resolved {
  for (;;) {
    const resolved = resolveSearches(options.searches, options.matches, decisions, options.formsOf)
    const created = new Set(decisions.flatMap((decision) => (decision.act === 'create' ? [decision.id] : [])))
    let settled = true
    drafts.forEach((draft, i) => {
      if (draft.rejected.length > 0) return
      const issues = draft.targets.flatMap((target) => faultOf(target, drafts, resolved))
      const decision = decisions[i]!
      // It relies on what another draft under the same condition creates.
      const lost = decision.act === 'found' && decision.version === undefined && !created.has(decision.id)
      if (lost) issues.push({ code: 'no-match', params: { criteria: `${decision.type}?${draft.entry.criteria}` } })
      if (issues.length === 0) return
      draft.rejected = issues
      decisions[i] = nothing
      settled = false
    })
    if (settled) return resolved
  }
}

function faultOf(target: LinkTarget, drafts: readonly Draft[], { failed }: Resolved): readonly Issue[] {
  if ('criterion' in target) {
    const issue = failed.get(criterionKey(target.criterion))
    return issue ? [issue] : []
  }
  const { rejected, entry } = drafts[target.entry]!
  if (rejected.length === 0) return []
  return [{ code: 'unresolved-reference', params: { reference: entry.fullUrl ?? '', count: 0 } }]
}
