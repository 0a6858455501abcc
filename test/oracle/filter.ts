/** Evaluation of `_filter`. https://hl7.org/fhir/R4/search_filter.html#ops */
import type { SearchParameterType } from '../../server/fhir/definitions.ts'
import type { Cell } from './cell.ts'
import { cellsOf } from './cell.ts'
import type { Question, Test } from './compare.ts'
import { badValue, requireTruth, testFor } from './compare.ts'
import { searchParameter } from './criterion.ts'
import type { Filter, Path } from './filter-grammar.ts'
import { escaped, RefusedSearch } from './query.ts'
import { referencedKeys, referenceParameter, targetTypes } from './reach.ts'
import { dateComparisons, dateQuery } from './values/date.ts'
import type { StringValue } from './values/string.ts'
import { stringValue } from './values/string.ts'
import { tokenMatches } from './values/token.ts'
import type { Mask, Population, World } from './world.ts'

/** Which members satisfy a filter. */
export function filtered(world: World, population: Population, filter: Filter): Mask {
  if (filter.kind === 'not') return filtered(world, population, filter.filter).map((holds) => !holds)
  if (filter.kind === 'test') return tested(world, population, filter)
  const left = filtered(world, population, filter.left)
  const right = filtered(world, population, filter.right)
  return left.map((holds, i) => (filter.kind === 'and' ? holds && right[i]! : holds || right[i]!))
}

/** `pr false` and `ni` speak of the whole set of values at the end of the path, so they negate over all its targets. */
function tested(world: World, population: Population, { path, operator, value }: Filter & { kind: 'test' }): Mask {
  const absence = operator === 'pr' && value === 'false'
  if (operator === 'pr' && !absence && value !== 'true') throw new RefusedSearch(`'pr' takes true or false`)
  const positive = operator === 'ni' ? 'in' : operator
  const mask = walk(world, population, path, positive, value)
  return absence || operator === 'ni' ? mask.map((holds) => !holds) : mask
}

function walk(world: World, population: Population, path: Path, operator: string, value: string): Mask {
  if (!path.rest) return leaf(world, population, path.code, operator, value)
  const { code, where, rest } = path
  const parameter = referenceParameter(world, population.type, code)
  const known = targetTypes(world, population.type, code, '').filter((type) =>
    world.definitions.searchParameters(type).has(rest.code),
  )
  if (known.length === 0) throw new RefusedSearch(`no target of '${code}' has '${rest.code}'`)
  const satisfied = new Set<string>()
  for (const type of known) {
    const targets = world.population(type)
    const mask = walk(world, targets, rest, operator, value)
    const admitted = where && filtered(world, targets, where)
    targets.members.forEach((member, i) => {
      if (mask[i] && (!admitted || admitted[i])) satisfied.add(member.key)
    })
  }
  const keys = referencedKeys(world, population, parameter)
  return keys.map((referenced) => referenced.some((key) => satisfied.has(key)))
}

function leaf(world: World, population: Population, code: string, operator: string, value: string): Mask {
  const parameter = searchParameter(world, population.type, code)
  const cells = cellsOf(world, population, parameter) as readonly Cell<unknown>[]
  if (operator === 'pr') return cells.map((cell) => cell.present)
  const testOf = operators[parameter.type]?.[operator]
  if (!testOf) throw new RefusedSearch(`'${operator}' does not apply to '${code}' (${parameter.type})`)
  const test = testOf(value, { world, parameter, modifier: '' }) as Test<unknown>
  return cells.map((cell) => cell.values.some(test))
}

type Operator = (value: string, question: Question) => Test<never>

const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']

/** The comparisons of the ordinary search under the prefix that is named like the operator. */
const ordered = Object.fromEntries(
  prefixes.map((prefix): [string, Operator] => [prefix, (value, question) => testFor(`${prefix}${value}`, question)]),
)

const overDates = (operator: string): Operator => {
  return (value, question) => {
    const query = dateQuery(value, question.world.now)
    if (!query) throw badValue(value, question)
    return (range) => dateComparisons[operator]!(query, range)
  }
}

const overStrings = (compare: (stored: string, asked: string) => boolean): Operator => {
  return (value) => {
    const asked = stringValue(value).normal
    return ({ normal }: StringValue) => compare(normal, asked)
  }
}

const opposite = (operator: Operator): Operator => {
  return (value, question) => {
    const test = operator(value, question)
    return (candidate) => !test(candidate)
  }
}

const equalString = overStrings((stored, asked) => stored === asked)
const equalUri: Operator = (value) => (stored: string) => stored === value
const equalToken: Operator = (value, question) => {
  const bar = value.indexOf('|')
  const system = value.slice(0, Math.max(bar, 0))
  const query = bar < 0 ? { code: value } : { system: namespaces[system] ?? system, code: value.slice(bar + 1) }
  requireTruth(query, value, question)
  return (token) => tokenMatches(query, token)
}
const withModifier = (modifier: string): Operator => {
  return (value, question) => testFor(escaped(value).replaceAll('\\|', '|'), { ...question, modifier })
}

/** Short names that the filter syntax predefines. */
const namespaces: Readonly<Record<string, string>> = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  rxnorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  ucum: 'http://unitsofmeasure.org',
}

const operators: { readonly [T in SearchParameterType]?: Readonly<Record<string, Operator>> } = {
  string: {
    eq: equalString,
    ne: opposite(equalString),
    co: overStrings((stored, asked) => stored.includes(asked)),
    sw: overStrings((stored, asked) => stored.startsWith(asked)),
    ew: overStrings((stored, asked) => stored.endsWith(asked)),
  },
  token: {
    eq: equalToken,
    ne: opposite(equalToken),
    in: withModifier('in'),
    ss: withModifier('above'),
    sb: withModifier('below'),
  },
  uri: { eq: equalUri, ne: opposite(equalUri) },
  number: ordered,
  quantity: ordered,
  date: { ...ordered, po: overDates('po'), co: overDates('co') },
  reference: { re: (value, question) => testFor(escaped(value), question) },
}
