/**
 * What a value set holds, as parts that each concern one code system. Includes are parts, excludes and imports become
 * conditions of parts. https://hl7.org/fhir/R4/valueset.html#compositions
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import { designationOf, objects } from './code-table.ts'
import { type Facts, joinCanonical, splitCanonical, unknownTerminology } from './facts.ts'
import { grammars } from './grammars.ts'
import { implicitValueSet } from './implicit-value-set.ts'
import { sameVersion } from './newest.ts'
import type { Designation, Filter } from './system.ts'

/** A code that a value set names, with the texts it gives it. */
export interface Listed {
  readonly code: string
  readonly display?: string
  readonly designations: readonly Designation[]
  /** As the expansion that lists it says. */
  readonly inactive?: boolean
}

export type ListedCodes = ReadonlyMap<string, Listed>

/** A condition on the concepts of one system. */
export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'active' }
  | { readonly kind: 'codes'; readonly codes: ListedCodes }
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression }

export interface Part {
  readonly system: string
  readonly version?: string
  readonly expression: Expression
  /** In the order in which the value set names them. */
  readonly listed?: ListedCodes
}

/** The parts of a value set by its canonical; implicit ones included. Throws for what is unknown or circular. */
export function partsByCanonical(canonical: string, facts: Facts, trail: readonly string[] = []): readonly Part[] {
  if (trail.includes(canonical)) {
    const reason = `Value sets import each other in a circle: ${[...trail, canonical].join(' → ')}.`
    throw new OutcomeError('invalid-terminology', { reason })
  }
  if (trail.length > deepestImports) {
    const reason = `Value sets import each other more than ${deepestImports} deep: ${trail.slice(0, 3).join(' → ')} → ….`
    throw new OutcomeError('invalid-terminology', { reason })
  }
  const stage = facts.stage ?? facts
  let known = made.get(stage)
  if (!known) {
    known = new Map()
    made.set(stage, known)
  }
  let parts = known.get(canonical)
  if (!parts) {
    parts = partsOf(valueSetBy(canonical, facts), facts, [...trail, canonical])
    known.set(canonical, parts)
  }
  return parts
}

const deepestImports = 100

/** Value sets that many others import are put together once for all that is looked up at once. */
const made = new WeakMap<object, Map<string, readonly Part[]>>()

/** A value set by canonical: published, stored, or implied by a code system. */
export function valueSetBy(canonical: string, facts: Facts): JsonObject {
  const found = implicitValueSet(canonical, facts) ?? facts.resource('ValueSet', canonical)
  if (!found) throw unknownTerminology('value set', canonical)
  return found
}

/**
 * The parts of a value set. One without a definition is what its stored expansion lists, and so is one whose definition
 * takes code systems that nobody here knows.
 */
export function partsOf(valueSet: JsonObject, facts: Facts, trail: readonly string[] = []): readonly Part[] {
  const { compose, expansion } = valueSet
  const stored = isJsonObject(expansion) ? expandedParts(expansion['contains']) : []
  if (!isJsonObject(compose) || (stored.length > 0 && isBeyond(compose, facts))) return stored
  const included = partsOfAll(compose['include'], facts, trail)
  const excludedFrom = counterparts(partsOfAll(compose['exclude'], facts, trail))
  const active: Expression[] = compose['inactive'] === false ? [{ kind: 'active' }] : []
  return included.map((part) => {
    const excluded = excludedFrom(part)
    return restrict(part, excluded ? [...active, { kind: 'not', part: excluded.expression }] : active)
  })
}

/** Whether an include is by a code system that nobody here knows. */
function isBeyond(compose: JsonObject, facts: Facts): boolean {
  return objects(compose['include']).some(({ system, version, concept }) => {
    if (typeof system !== 'string' || concept !== undefined || grammars.has(system)) return false
    return facts.system(system, typeof version === 'string' ? version : undefined) === undefined
  })
}

/** Each part once, however many ways lead to it. */
function partsOfAll(includes: JsonValue | undefined, facts: Facts, trail: readonly string[]): readonly Part[] {
  const parts = new Set<Part>()
  for (const include of objects(includes)) {
    for (const part of includeParts(include, facts, trail)) parts.add(part)
    // Value sets that import two that import two … double with each step, though every one of them is small.
    if (parts.size > mostParts) throw tooIntricate(`more than ${mostParts} parts, with those that it imports`)
  }
  return [...parts]
}

const mostParts = 10_000
const mostImports = 1_000

function tooIntricate(what: string): OutcomeError {
  return new OutcomeError('query-too-costly', { reason: `The value set comes to ${what}.` })
}

function restrict(part: Part, conditions: readonly Expression[]): Part {
  if (conditions.length === 0) return part
  return { ...part, expression: { kind: 'and', parts: [part.expression, ...conditions] } }
}

function includeParts(include: JsonObject, facts: Facts, trail: readonly string[]): readonly Part[] {
  const canonicals = new Set(Array.isArray(include['valueSet']) ? include['valueSet'].map(String) : [])
  if (canonicals.size > mostImports) throw tooIntricate(`an intersection of more than ${mostImports} value sets`)
  const imported = [...canonicals].map((canonical) => partsByCanonical(canonical, facts, trail))
  const own = ownPart(include)
  const sets: (readonly Part[])[] = own ? [[own], ...imported] : imported
  if (sets.length === 0) {
    const reason = 'A value set includes or excludes neither a code system nor a value set (vsd-1).'
    throw new OutcomeError('invalid-terminology', { reason })
  }
  return sets.reduce(meet)
}

/** What is in both. */
function meet(some: readonly Part[], others: readonly Part[]): readonly Part[] {
  const among = counterparts(others)
  return some.flatMap((part) => {
    const other = among(part)
    if (!other) return []
    const listed = part.listed ?? other.listed
    const version = part.version ?? other.version
    return [
      {
        ...restrict(part, [other.expression]),
        ...(version !== undefined && { version }),
        ...(listed && { listed }),
      },
    ]
  })
}

/** By a part what of these parts may have concepts with it in common: one expression for all parts of a system. */
function counterparts(parts: readonly Part[]): (part: Part) => Part | undefined {
  const found = new Map<string, Part | undefined>()
  return (part) => {
    const key = joinCanonical(part.system, part.version)
    if (!found.has(key)) found.set(key, united(parts.filter((other) => sameSystem(part, other))))
    return found.get(key)
  }
}

function united(parts: readonly Part[]): Part | undefined {
  const [first] = parts
  if (!first || parts.length === 1) return first
  const { listed: _, ...united } = first
  return { ...united, expression: { kind: 'or', parts: parts.map(({ expression }) => expression) } }
}

/** A version that is not named is the same as any. */
function sameSystem(a: Part, b: Part): boolean {
  return a.system === b.system && sameVersion(a.version, b.version)
}

function ownPart(include: JsonObject): Part | undefined {
  const { system, version } = include
  if (typeof system !== 'string') {
    if (include['concept'] === undefined && include['filter'] === undefined) return undefined
    const reason = 'A value set names concepts or filters without the code system that they are of (vsd-2).'
    throw new OutcomeError('invalid-terminology', { reason })
  }
  const at = splitCanonical(system)
  const named = typeof version === 'string' ? version : at.version
  const place = { system: at.url, ...(named !== undefined && named !== '*' && { version: named }) }
  const filters = objects(include['filter']).map((filter): Expression => ({ kind: 'filter', filter: filterOf(filter) }))
  if (!Array.isArray(include['concept'])) {
    const [first] = filters
    return {
      ...place,
      expression: !first ? { kind: 'all' } : filters.length > 1 ? { kind: 'and', parts: filters } : first,
    }
  }
  const listed = listedCodes(include)
  const codes: Expression = { kind: 'codes', codes: listed }
  return { ...place, listed, expression: filters.length === 0 ? codes : { kind: 'and', parts: [codes, ...filters] } }
}

function filterOf({ property, op, value }: JsonObject): Filter {
  return { property: String(property), op: String(op), value: String(value) }
}

const lists = new WeakMap<JsonObject, ListedCodes>()

function listedCodes(include: JsonObject): ListedCodes {
  let codes = lists.get(include)
  if (!codes) {
    codes = new Map(objects(include['concept']).map((concept) => [String(concept['code']), listedOf(concept)]))
    lists.set(include, codes)
  }
  return codes
}

function listedOf({ code, display, designation, inactive }: JsonObject): Listed {
  return {
    code: String(code),
    ...(typeof display === 'string' && { display }),
    ...(inactive === true && { inactive }),
    designations: objects(designation).map(designationOf),
  }
}

/** One part for each system and version in an expansion. */
export function expandedParts(contains: JsonValue | undefined): Part[] {
  const lists = new Map<string, Map<string, Listed>>()
  const collect = (list: JsonValue | undefined) => {
    for (const item of objects(list)) {
      const { system, version, code } = item
      if (typeof system === 'string' && typeof code === 'string' && item['abstract'] !== true) {
        const key = joinCanonical(system, typeof version === 'string' ? version : undefined)
        const codes = lists.get(key) ?? new Map<string, Listed>()
        lists.set(key, codes.set(code, listedOf(item)))
      }
      collect(item['contains'])
    }
  }
  collect(contains)
  return [...lists].map(([key, codes]) => {
    const { url, version } = splitCanonical(key)
    return {
      system: url,
      ...(version !== undefined && { version }),
      listed: codes,
      expression: { kind: 'codes', codes },
    }
  })
}
