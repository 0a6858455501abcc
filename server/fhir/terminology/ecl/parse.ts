/** Parses the brief syntax of the Expression Constraint Language. Throws `EclError` with the place of the fault. */
import { readFilters, readHistory } from './parse-filters.ts'
import { readRefinement } from './parse-refinement.ts'
import {
  expect,
  fail,
  nested,
  type Reader,
  read,
  readConcept,
  readQuoted,
  readTerm,
  sees,
  skipSpace,
  take,
  unescaped,
} from './reader.ts'
import { type Constraint, EclError, type Operator } from './syntax.ts'

export function parseEcl(text: string): Constraint {
  const reader: Reader = { text, at: 0, depth: 0, inGroup: false }
  const constraint = readExpression(reader)
  skipSpace(reader)
  if (reader.at < text.length) fail(reader, 'an operator or the end')
  return constraint
}

const connectives = { and: /(?:,|and(?![\w-]))/iy, or: /or(?![\w-])/iy, minus: /minus(?![\w-])/iy } as const

/** `AND`, `OR` and `MINUS` have no order among them: brackets tell it. */
export function readExpression(reader: Reader): Constraint {
  return nested(reader, () => {
    const first = readSubExpression(reader)
    if (take(reader, ':'))
      return { kind: 'refined', focus: first, refinement: readRefinement(reader, readSubExpression) }
    if (sees(reader, '.')) return readDots(reader, first)
    for (const kind of ['and', 'or'] as const) {
      const parts = [first]
      while (read(reader, connectives[kind])) parts.push(readSubExpression(reader))
      if (parts.length > 1) return unmixed(reader, { kind, parts })
    }
    if (!read(reader, connectives.minus)) return first
    return unmixed(reader, { kind: 'minus', from: first, without: readSubExpression(reader) })
  })
}

function unmixed(reader: Reader, constraint: Constraint): Constraint {
  skipSpace(reader)
  const { at } = reader
  if (!Object.values(connectives).some((connective) => read(reader, connective))) return constraint
  throw new EclError(`At character ${at + 1}, AND, OR and MINUS are mixed without brackets that tell their order.`, at)
}

function readDots(reader: Reader, first: Constraint): Constraint {
  let constraint = first
  while (take(reader, '.')) constraint = { kind: 'dotted', of: constraint, name: readSubExpression(reader) }
  return constraint
}

const operator = /<<!|<<|<!|<|>>!|>>|>!|>|!!>|!!</y
const fields = /\[\s*(\*|[a-z]+(?:\s*,\s*[a-z]+)*)\s*\]/iy

/** A concept, `*` or brackets, with operators before it and filters behind it. */
export function readSubExpression(reader: Reader): Constraint {
  return nested(reader, () => {
    const found = read(reader, operator)?.[0] as Operator | undefined
    const of = readMembers(reader)
    const related: Constraint = found === undefined ? of : { kind: 'related', operator: found, of }
    return readHistory(reader, readFilters(reader, related, readSubExpression), readExpression)
  })
}

function readMembers(reader: Reader): Constraint {
  skipSpace(reader)
  const { at } = reader
  if (!take(reader, '^')) return readFocus(reader)
  const named = read(reader, fields)?.[1]?.split(/\s*,\s*/)
  const of = readFocus(reader)
  return readFilters(reader, { kind: 'members', of, ...(named && { fields: named }), at }, readSubExpression, 'member')
}

const alternate = /([a-z][a-z\d-]*)#([\w.-]+)/iy
const quotedAlternate = /^([a-z][a-z\d-]*)#([\s\S]+)$/i

function readFocus(reader: Reader): Constraint {
  if (take(reader, '(')) {
    const { inGroup } = reader
    reader.inGroup = false
    const inner = readExpression(reader)
    reader.inGroup = inGroup
    expect(reader, ')')
    return inner
  }
  if (take(reader, '*')) return { kind: 'any' }
  const concept = readConcept(reader)
  return concept ? { kind: 'concept', ...concept } : readAlternate(reader)
}

function readAlternate(reader: Reader): Constraint {
  skipSpace(reader)
  const { at } = reader
  const match = sees(reader, '"') ? quotedAlternate.exec(unescaped(readQuoted(reader) ?? '')) : read(reader, alternate)
  if (!match) {
    reader.at = at
    return fail(reader, "a concept id of 6 to 18 digits, '*' or '('")
  }
  readTerm(reader)
  return { kind: 'alternate', scheme: match[1]!, code: match[2]!, at }
}
