/** The codes of a value set, in pages or as a tree. https://hl7.org/fhir/R4/valueset-operation-expand.html */
import type { JsonObject } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import { type Expression, type ListedCodes, type Part, partsOf } from './compose.ts'
import { displayFor, type Texts, textsIn } from './displays.ts'
import { type Facts, joinCanonical, unknownTerminology } from './facts.ts'
import { grammars } from './grammars.ts'
import { holds, isCode, type Judged, judged, rangesFor } from './members.ts'
import { hasNumber, intersect, noConcepts, numbersOf, type Ranges, rangeOf, sizeOf, subtract, unite } from './ranges.ts'
import { best } from './ranking.ts'
import { type Designation, mapAll, type System } from './system.ts'
import { nest } from './tree.ts'
import { beginsAll, wordsOf } from './words.ts'

export interface ExpandOptions {
  readonly filter?: string
  readonly offset?: number
  readonly count?: number
  readonly activeOnly?: boolean
  readonly displayLanguage?: string
  readonly includeDesignations?: boolean
  /** Languages and uses as `system|code`: only such designations are given. */
  readonly designation?: readonly string[]
  /** As a tree where it is false. */
  readonly excludeNested?: boolean
  /** Concepts that only group others are left out. */
  readonly excludeNotForUI?: boolean
  /** Versions for systems whose version the value set leaves open, or for any. */
  readonly versions?: SystemVersions
  readonly excludeSystems?: ReadonlySet<string>
}

export interface SystemVersions {
  readonly open: ReadonlyMap<string, string>
  readonly check: ReadonlyMap<string, string>
  readonly force: ReadonlyMap<string, string>
}

/** Without `count`, larger expansions are refused; and a page holds no more. */
export const mostExpanded = 10_000

/** A code with its texts, to be shown. */
export interface Entry {
  readonly part: Part
  readonly at: Judged
}

/** What of a part is in the expansion: how many codes, and any stretch of them. */
interface Stretch {
  readonly total: number
  take(offset: number, count: number): readonly Entry[]
}

export interface Expansion {
  readonly total: number
  readonly contains: readonly JsonObject[]
  /** `url|version` of each system in it. */
  readonly versions: readonly string[]
}

export function expand(valueSet: JsonObject, facts: Facts, options: ExpandOptions): Expansion {
  const trail = typeof valueSet['url'] === 'string' ? [joinCanonical(valueSet['url'], undefined)] : []
  const parts = partsOf(valueSet, facts, trail)
    .filter((part) => !options.excludeSystems?.has(part.system))
    .map((part) => chooseVersion(part, options.versions))
  const stretches = stretchesOf(parts, facts, options)
  const total = stretches.reduce((sum, stretch) => sum + stretch.total, 0)
  const tree = options.excludeNested === false
  const count = tree ? undefined : options.count
  if (total > mostExpanded && (count ?? total) > mostExpanded) throw tree ? tooLargeTree(total) : tooLarge(total)
  const entries = page(stretches, tree ? 0 : (options.offset ?? 0), count ?? total)
  const shown = entries.map((entry) => entryOf(entry, facts, options))
  return {
    total,
    contains: tree ? nest(entries, shown) : shown,
    versions: versionsOf(parts, facts),
  }
}

/** All codes of a value set, for statements that list them. */
export function codesOf(valueSet: JsonObject, facts: Facts): { readonly system: string; readonly code: string }[] {
  const stretches = stretchesOf(partsOf(valueSet, facts), facts, {})
  const total = stretches.reduce((sum, stretch) => sum + stretch.total, 0)
  if (total > mostExpanded) throw tooLarge(total)
  return page(stretches, 0, total).map(({ part, at }) => ({ system: part.system, code: at.code }))
}

function tooLarge(total: number): OutcomeError {
  const reason = `The value set has ${total} codes, more than the ${mostExpanded} of one answer. Ask for pages by count and offset, or give a filter.`
  return new OutcomeError('query-too-costly', { reason })
}

function tooLargeTree(total: number): OutcomeError {
  const reason = `The tree has ${total} codes, more than the ${mostExpanded} of one answer, and trees have no pages. Give a filter, or ask for a list without 'excludeNested'.`
  return new OutcomeError('query-too-costly', { reason })
}

function chooseVersion(part: Part, versions: SystemVersions | undefined): Part {
  const { system, version } = part
  const chosen = versions?.force.get(system) ?? version ?? versions?.open.get(system) ?? versions?.check.get(system)
  const checked = versions?.check.get(system)
  if (checked !== undefined && chosen !== checked) {
    const reason = `The value set takes version ${chosen} of ${system}, not ${checked}.`
    throw new OutcomeError('invalid-terminology', { reason })
  }
  return chosen === undefined ? part : { ...part, version: chosen }
}

function page(stretches: readonly Stretch[], offset: number, count: number): readonly Entry[] {
  const entries: Entry[] = []
  let skip = offset
  for (const stretch of stretches) {
    if (entries.length >= count) break
    if (skip < stretch.total) entries.push(...stretch.take(skip, count - entries.length))
    skip = Math.max(skip - stretch.total, 0)
  }
  return entries
}

/** As many as anyone types: each word takes a look-up. */
const mostWords = 50

function filterWords(filter: string): readonly string[] {
  const words = wordsOf(filter)
  if (words.length <= mostWords) return words
  const reason = `The filter has ${words.length} words; it may have ${mostWords}.`
  throw new OutcomeError('invalid-parameters', { reason })
}

/** What an earlier part holds a later one leaves out. */
function stretchesOf(parts: readonly Part[], facts: Facts, options: ExpandOptions): Stretch[] {
  const taken = new Map<System, Ranges>()
  const codes = new Set<string>()
  const words = options.filter === undefined ? undefined : filterWords(options.filter)
  const known = new Map<System, Map<Expression, Ranges>>()
  return mapAll(parts, (part) => {
    const system = facts.system(part.system, part.version)
    if (!system) return listStretch(part, codes, words, facts, options)
    const before = taken.get(system) ?? noConcepts
    const ranges = known.get(system) ?? new Map<Expression, Ranges>()
    known.set(system, ranges)
    const members = subtract(rangesFor(part.expression, system, facts, ranges), before)
    taken.set(system, unite([before, members]))
    const shown = choose(members, system, options)
    const strangers = part.listed ? listStretch(part, codes, words, facts, options) : emptyStretch
    const own = part.listed
      ? namedStretch(part, part.listed, system, shown, words, options)
      : rangeStretch(part, system, words === undefined ? shown : intersect(shown, found(system, words, options)), words)
    return strangers.total === 0 ? own : joinStretches(own, strangers)
  })
}

/** By words, or by the code itself. */
function found(system: System, words: readonly string[], { filter = '' }: ExpandOptions): Ranges {
  const code = filter.trim()
  const byCode = () => {
    const number = /\s/.test(code) ? undefined : system.numberOf(code)
    return number === undefined ? noConcepts : rangeOf(number, number + 1)
  }
  return unite(mapAll([byCode, () => system.matching(words)], (look) => look()))
}

function choose(members: Ranges, system: System, { activeOnly, excludeNotForUI }: ExpandOptions): Ranges {
  const active = activeOnly ? subtract(members, system.inactive()) : members
  return excludeNotForUI ? subtract(active, system.abstract()) : active
}

const emptyStretch: Stretch = { total: 0, take: () => [] }

function joinStretches(first: Stretch, second: Stretch): Stretch {
  return {
    total: first.total + second.total,
    take: (offset, count) => page([first, second], offset, count),
  }
}

function rangeStretch(part: Part, system: System, ranges: Ranges, words: readonly string[] | undefined): Stretch {
  const weights = words === undefined ? undefined : system.weights?.()
  return {
    total: sizeOf(ranges),
    take: (offset, count) => {
      const numbers = weights ? best(ranges, weights, offset, count) : numbersOf(ranges, offset, count)
      system.expectConcepts?.(numbers)
      return numbers.map((number) => ({ part, at: { code: system.concept(number).code, system, number } }))
    },
  }
}

/** In the order in which the value set names them; a text may be one that the value set gives. */
function namedStretch(
  part: Part,
  listed: ListedCodes,
  system: System,
  members: Ranges,
  words: readonly string[] | undefined,
  options: ExpandOptions,
): Stretch {
  const matching = words && found(system, words, options)
  const entries: Entry[] = []
  const seen = new Set<number>()
  for (const { code, display, designations } of listed.values()) {
    const number = system.numberOf(code)
    if (number === undefined || seen.has(number) || !hasNumber(members, number)) continue
    const texts = [...(display === undefined ? [] : [display]), ...designations.map(({ value }) => value)]
    if (words && !hasNumber(matching!, number) && !beginsAll(words, texts)) continue
    seen.add(number)
    entries.push({ part, at: { code, system, number } })
  }
  return {
    total: entries.length,
    take: (offset, count) => {
      const some = entries.slice(offset, offset + count)
      system.expectConcepts?.(some.map(({ at }) => at.number!))
      return some
    },
  }
}

/** Codes that the value set names of a system that is not known, or not in full. */
function listStretch(
  part: Part,
  taken: Set<string>,
  words: readonly string[] | undefined,
  facts: Facts,
  { activeOnly, filter = '' }: ExpandOptions,
): Stretch {
  const entries: Entry[] = []
  if (!part.listed) throw unlistable(part)
  for (const { code, display, designations, inactive } of part.listed.values()) {
    if (activeOnly && inactive) continue
    const at = judged(code, part.system, part.version, facts)
    if (at.number !== undefined || isCode(at) === false) continue
    const result = holds(part, at, facts)
    if (result === undefined) throw unknownTerminology('code system', joinCanonical(part.system, part.version))
    const key = `${part.system}|${part.version ?? ''}|${code}`
    const texts = [display ?? at.grammar?.display?.(code) ?? code, ...designations.map(({ value }) => value)]
    if (!result || taken.has(key) || (words && !beginsAll(words, texts) && code !== filter.trim())) continue
    taken.add(key)
    entries.push({ part, at })
  }
  return { total: entries.length, take: (offset, count) => entries.slice(offset, offset + count) }
}

function unlistable({ system, version }: Part): OutcomeError {
  const grammar = grammars.get(system)
  if (!grammar) return unknownTerminology('code system', joinCanonical(system, version))
  const reason = `The codes of ${grammar.name} follow a grammar: there is no list of them all.`
  return new OutcomeError('query-too-costly', { reason })
}

function entryOf({ part, at }: Entry, facts: Facts, options: ExpandOptions): JsonObject {
  const { code, system, number } = at
  const texts = textsIn(part, at, facts)
  const display = displayFor(texts, options.displayLanguage, system?.language) ?? at.grammar?.display?.(code)
  const designations = designationsShown(texts, options)
  return {
    system: part.system,
    ...(part.version !== undefined && { version: part.version }),
    ...(number !== undefined && hasNumber(system!.abstract(), number) && { abstract: true }),
    ...(number !== undefined && hasNumber(system!.inactive(), number) && { inactive: true }),
    code,
    ...(display !== undefined && { display }),
    ...(designations.length > 0 && { designation: designations }),
  }
}

function designationsShown({ designations }: Texts, { includeDesignations, designation = [] }: ExpandOptions) {
  if (!includeDesignations && designation.length === 0) return []
  const wanted = designation.length === 0 ? designations : designations.filter((one) => isWanted(one, designation))
  return wanted.map(
    ({ language, use, value }): JsonObject => ({
      ...(language !== undefined && { language }),
      ...(use && { use }),
      value,
    }),
  )
}

function isWanted({ language, use }: Designation, tokens: readonly string[]): boolean {
  return tokens.some((token) => {
    const bar = token.lastIndexOf('|')
    const [system, code] = bar < 0 ? [undefined, token] : [token.slice(0, bar), token.slice(bar + 1)]
    if ((system === undefined || system === 'urn:ietf:bcp:47') && language?.toLowerCase() === code.toLowerCase())
      return true
    return use?.['code'] === code && (system === undefined || use['system'] === system)
  })
}

function versionsOf(parts: readonly Part[], facts: Facts): string[] {
  const used = parts.flatMap(({ system, version }) => {
    const known = version ?? facts.system(system)?.version
    return known === undefined ? [] : [joinCanonical(system, known)]
  })
  return [...new Set(used)]
}
