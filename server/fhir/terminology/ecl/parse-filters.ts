/** Parses what stands in double braces: filters by description, concept or member, and history supplements. */
import { readSearchTerms } from './parse-refinement.ts'
import { expect, fail, type Reader, read, readConcept, sees, skipSpace, take } from './reader.ts'
import type { Constraint, Filter, FilterTarget, FilterValues, Ordering } from './syntax.ts'

type ReadConstraint = (reader: Reader) => Constraint

const target = /([cdm])(?=\s|\/\*)/iy
const targets: Readonly<Record<string, FilterTarget>> = { c: 'concept', d: 'description', m: 'member' }
const field = /[a-z]+/iy

/** Filters of members lie closer to the members than operators do: they are read on their own. */
export function readFilters(
  reader: Reader,
  constraint: Constraint,
  readConstraint: ReadConstraint,
  only?: FilterTarget,
): Constraint {
  let filtered = constraint
  for (;;) {
    const { at } = reader
    if (!take(reader, '{{') || sees(reader, '+')) return backTo(reader, at, filtered)
    const letter = read(reader, target)?.[1]?.toLowerCase() ?? 'd'
    const on = targets[letter]!
    if (only !== undefined && on !== only) return backTo(reader, at, filtered)
    if (only === undefined && on === 'member') {
      reader.at = at
      fail(reader, "no filter of members, since there is no '^' before it,")
    }
    const filters: Filter[] = []
    do filters.push(readFilter(reader, readConstraint))
    while (take(reader, ','))
    expect(reader, '}}')
    filtered = { kind: 'filtered', of: filtered, on, filters }
  }
}

function backTo(reader: Reader, at: number, constraint: Constraint): Constraint {
  reader.at = at
  return constraint
}

const ordering = /!=|<=|>=|=|<|>/y

function readFilter(reader: Reader, readConstraint: ReadConstraint): Filter {
  skipSpace(reader)
  const { at } = reader
  const name = read(reader, field)?.[0].toLowerCase()
  if (name === undefined) return fail(reader, "the name of a filter such as 'term'")
  const operator = read(reader, ordering)?.[0] as Ordering | undefined
  if (operator === undefined) return fail(reader, "'=' or another comparison")
  return { field: name, operator, values: readValues(reader, readConstraint), at }
}

const number = /#([-+]?\d+(?:\.\d+)?)/y
const words = /[a-z][a-z\d-]*(?![#\w])|[01*](?=\s*[,}])/iy
function readValues(reader: Reader, readConstraint: ReadConstraint): FilterValues {
  const value = read(reader, number)?.[1]
  if (value !== undefined) return { kind: 'number', value }
  const terms = readSearchTerms(reader, 'match')
  if (terms) return { kind: 'terms', terms }
  const word = read(reader, words)?.[0].toLowerCase()
  if (word !== undefined) return { kind: 'words', words: [word], acceptabilities: readAcceptabilities(reader) }
  const set = readWordSet(reader)
  if (set) return set
  const values = readConceptSet(reader) ?? readConstraint(reader)
  return { kind: 'concepts', values, acceptabilities: readAcceptabilities(reader) }
}

/** `(900000000000013009 |Synonym| 900000000000003001)`; undefined for brackets around anything else. */
function readConceptSet(reader: Reader): Constraint | undefined {
  const { at } = reader
  const parts: Constraint[] = []
  if (take(reader, '(')) {
    for (let concept = readConcept(reader); concept; concept = readConcept(reader)) {
      parts.push({ kind: 'concept', ...concept })
      readAcceptabilities(reader)
    }
    if (parts.length > 1 && take(reader, ')')) return { kind: 'or', parts }
  }
  reader.at = at
  return undefined
}

/** `(syn fsn)`, `(en-nhs-clinical (prefer) en-nhs-pharmacy)`. */
function readWordSet(reader: Reader): FilterValues | undefined {
  const { at } = reader
  const found: string[] = []
  const acceptabilities: string[] = []
  if (take(reader, '(')) {
    for (let word = read(reader, words); word; word = read(reader, words)) {
      found.push(word[0].toLowerCase())
      acceptabilities.push(...readAcceptabilities(reader))
    }
    if (found.length > 0 && take(reader, ')')) {
      return { kind: 'words', words: found, acceptabilities: [...acceptabilities, ...readAcceptabilities(reader)] }
    }
  }
  reader.at = at
  return undefined
}

const acceptability = /(?:prefer|accept)(?![\w-])/iy

/** `(accept prefer)`, or the concepts of these. */
function readAcceptabilities(reader: Reader): readonly string[] {
  const { at } = reader
  const found: string[] = []
  if (take(reader, '(')) {
    const one = () => read(reader, acceptability)?.[0].toLowerCase() ?? readConcept(reader)?.code
    for (let word = one(); word !== undefined; word = one()) found.push(word)
    if (found.length > 0 && take(reader, ')')) return found
  }
  reader.at = at
  return []
}

const history = /\+\s*history(?:[-_](min|mod|max))?/iy

/** `{{ + HISTORY-MIN }}`, `{{ + HISTORY (…) }}` */
export function readHistory(reader: Reader, of: Constraint, readExpression: ReadConstraint): Constraint {
  skipSpace(reader)
  const { at } = reader
  if (!take(reader, '{{')) return of
  const match = read(reader, history)
  if (!match) return fail(reader, "'HISTORY'")
  const profile = match[1]?.toLowerCase()
  let associations: Constraint | undefined
  if (profile === undefined && take(reader, '(')) {
    associations = readExpression(reader)
    expect(reader, ')')
  }
  expect(reader, '}}')
  return { kind: 'history', of, ...(profile && { profile }), ...(associations && { associations }), at }
}
