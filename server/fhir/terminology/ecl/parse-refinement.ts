/** Parses what stands after the colon: attributes, groups of them, and how often there are any. */
import { expect, fail, nested, type Reader, read, readQuoted, sees, skipSpace, take, unescaped } from './reader.ts'
import {
  type Cardinality,
  type Comparison,
  type Constraint,
  EclError,
  type Equality,
  type Ordering,
  type Refinement,
  type SearchTerm,
} from './syntax.ts'

type ReadConstraint = (reader: Reader) => Constraint

/**
 * Attributes that one connective joins form a set; sets and groups are joined in turn: `a, b OR c` is `(a AND b) OR c`.
 */
export function readRefinement(reader: Reader, readName: ReadConstraint): Refinement {
  return nested(reader, () => {
    const readPart = () => readSet(reader, readName)
    const joined = joinedParts(reader, readPart(), readPart)
    if (connectiveAt(reader)) fail(reader, 'one connective, or brackets that tell the order of two,')
    return joined
  })
}

/** A group, a bracketed refinement, or attributes up to another connective or a group. */
function readSet(reader: Reader, readName: ReadConstraint): Refinement {
  const first = readPart(reader, readName)
  if (first.kind !== 'attribute') return first
  const before = reader.at
  const kind = connectiveAt(reader)
  const parts = [first as Refinement]
  while (kind !== undefined) {
    const { at } = reader
    if (takeConnective(reader) !== kind || beginsGroup(reader)) {
      reader.at = at
      break
    }
    parts.push(readPart(reader, readName))
  }
  if (parts.length > 1) return { kind: kind!, parts }
  reader.at = before
  return first
}

function joinedParts(reader: Reader, first: Refinement, readPart: () => Refinement): Refinement {
  const kind = connectiveAt(reader)
  if (kind === undefined) return first
  const parts = [first]
  while (connectiveAt(reader) === kind) {
    takeConnective(reader)
    parts.push(readPart())
  }
  return { kind, parts }
}

const connective = /(?:,|and(?![\w-])|or(?![\w-]))/iy

function takeConnective(reader: Reader): 'and' | 'or' | undefined {
  const found = read(reader, connective)?.[0].toLowerCase()
  return found === undefined ? undefined : found === 'or' ? 'or' : 'and'
}

function connectiveAt(reader: Reader): 'and' | 'or' | undefined {
  const { at } = reader
  const found = takeConnective(reader)
  reader.at = at
  return found
}

const cardinality = /\[\s*(\d{1,9})\s*\.\.\s*(\d{1,9}|\*)\s*\]/y
const anyCardinality = /\[[^\]]*\]/y

function beginsGroup(reader: Reader): boolean {
  const { at } = reader
  const bracketed = sees(reader, '(') && !beginsName(reader)
  read(reader, anyCardinality)
  const found = bracketed || sees(reader, '{')
  reader.at = at
  return found
}

function readPart(reader: Reader, readName: ReadConstraint): Refinement {
  if (sees(reader, '(') && !beginsName(reader)) {
    expect(reader, '(')
    const inner = readRefinement(reader, readName)
    expect(reader, ')')
    return inner
  }
  const times = readCardinality(reader)
  if (sees(reader, '{')) return readGroup(reader, times, readName)
  return readAttribute(reader, times, readName)
}

function readCardinality(reader: Reader): Cardinality | undefined {
  if (!sees(reader, '[')) return undefined
  const { at } = reader
  const match = read(reader, cardinality)
  if (!match) return fail(reader, "a cardinality such as '[1..*]'")
  const min = Number(match[1])
  const max = match[2] === '*' ? Number.POSITIVE_INFINITY : Number(match[2])
  if (min > max) throw new EclError(`At character ${at + 1}, the cardinality's minimum is above its maximum.`, at)
  return { min, max }
}

const atLeastOne: Cardinality = { min: 1, max: Number.POSITIVE_INFINITY }

function readGroup(reader: Reader, times: Cardinality | undefined, readName: ReadConstraint): Refinement {
  if (reader.inGroup) fail(reader, 'an attribute, since groups do not lie in groups,')
  expect(reader, '{')
  reader.inGroup = true
  const refinement = readRefinement(reader, readName)
  reader.inGroup = false
  expect(reader, '}')
  return { kind: 'group', cardinality: times ?? atLeastOne, refinement }
}

const reverseFlag = /r(?=[\s<>^*(\d/])/iy

function readAttribute(reader: Reader, times: Cardinality | undefined, readName: ReadConstraint): Refinement {
  skipSpace(reader)
  const { at } = reader
  const reverse = read(reader, reverseFlag) !== undefined
  const name = readName(reader)
  const comparison = readComparison(reader, readName)
  if (reverse && comparison.kind !== 'concepts') {
    throw new EclError(`At character ${at + 1}, a reversed attribute is compared with a value that is no concept.`, at)
  }
  return { kind: 'attribute', cardinality: times ?? atLeastOne, reverse, name, comparison, at }
}

const ordering = /!=|<=|>=|=|<|>/y
const number = /#([-+]?(?:0|[1-9]\d*)(?:\.\d+)?)(?![\w.])/y
const boolean = /(true|false)(?![\w#-])/iy

function readComparison(reader: Reader, readValue: ReadConstraint): Comparison {
  const operator = read(reader, ordering)?.[0] as Ordering | undefined
  if (operator === undefined) return fail(reader, "'=' or another comparison")
  const digits = read(reader, number)?.[1]
  if (digits !== undefined) return { kind: 'number', operator, value: digits.replace(/^\+/, '') }
  if (operator !== '=' && operator !== '!=') return fail(reader, "a number such as '#5'")
  return readEquality(reader, operator, readValue)
}

function readEquality(reader: Reader, operator: Equality, readValue: ReadConstraint): Comparison {
  const truth = read(reader, boolean)?.[1]
  if (truth !== undefined) return { kind: 'boolean', operator, value: truth.toLowerCase() === 'true' }
  const { at } = reader
  const values = readSearchTerms(reader, 'exact')
  if (values) return { kind: 'string', operator, values }
  reader.at = at
  return { kind: 'concepts', operator, values: readValue(reader) }
}

const searchKind = /(match|wild)\s*:/iy

/** One term, or several in brackets; undefined where there is none. Values of attributes are compared as a whole. */
export function readSearchTerms(reader: Reader, unmarked: 'exact' | 'match'): readonly SearchTerm[] | undefined {
  const { at } = reader
  const several = take(reader, '(')
  const terms: SearchTerm[] = []
  for (;;) {
    const kind = read(reader, searchKind)?.[1]?.toLowerCase() as SearchTerm['kind'] | undefined
    const text = sees(reader, '"') ? readQuoted(reader) : undefined
    if (text === undefined) break
    terms.push(kind === 'wild' ? { kind, text } : { kind: kind ?? unmarked, text: unescaped(text) })
    if (!several) return terms
  }
  if (several && terms.length > 0 && take(reader, ')')) return terms
  reader.at = at
  return undefined
}

const comparisonSign = /[=<>.]|!=|\{\{/y

/** Whether the brackets here are an attribute's name: then a comparison follows them. */
function beginsName(reader: Reader): boolean {
  const { at } = reader
  skipBrackets(reader)
  const found = read(reader, comparisonSign) !== undefined
  reader.at = at
  return found
}

const signs = /[()]|"(?:[^"\\]|\\.)*"|\|[^|]*\||\/\*[\s\S]*?\*\/|$/g

function skipBrackets(reader: Reader): void {
  let open = 0
  signs.lastIndex = reader.at
  for (let match = signs.exec(reader.text); match && match[0] !== ''; match = signs.exec(reader.text)) {
    if (match[0] === '(') open++
    if (match[0] === ')' && --open === 0) break
  }
  reader.at = signs.lastIndex
}
