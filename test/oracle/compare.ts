/** One query value against one value of a resource, by type of parameter. https://hl7.org/fhir/R4/search.html#ptypes */
import type { SearchParameter, SearchParameterType } from '../../server/fhir/definitions.ts'
import type { ValueOf } from './cell.ts'
import { componentsOf, isBoolean } from './cell.ts'
import { RefusedSearch, splitAt, splitPrefix, unescaped } from './query.ts'
import { isCanonical, parentParameter, withAncestors } from './reach.ts'
import { dateComparisons, dateQuery } from './values/date.ts'
import { isNear, nearQuery } from './values/near.ts'
import { numberComparisons, numberQuery } from './values/number.ts'
import type { QuantityQuery } from './values/quantity.ts'
import { quantityMatches } from './values/quantity.ts'
import { localKey, parseCanonical, parseReference, referenceMatches, versionMatches } from './values/reference.ts'
import { stringComparisons, stringValue, uriComparisons } from './values/string.ts'
import type { TokenQuery } from './values/token.ts'
import { isCodeIn, ofTypeMatches, tokenMatches, tokenTextMatches } from './values/token.ts'
import type { World } from './world.ts'

export type Test<T> = (value: T) => boolean

/** What is known about the parameter that a value is compared for. */
export interface Question {
  readonly world: World
  readonly parameter: SearchParameter
  readonly modifier: string
}

type Compare<T> = (text: string, question: Question) => Test<T>

/** Modifiers whose sense is that none of the values passes the test of the named modifier. */
export const negations: Readonly<Record<string, string>> = { not: '', 'not-in': 'in' }

/** The test for one of the values between the commas of a query, escapes included. */
export function testFor<T extends SearchParameterType>(text: string, question: Question): Test<ValueOf[T]> {
  return comparisons[question.parameter.type](text, question) as Test<ValueOf[T]>
}

/** The refusal of a value that its parameter cannot have. */
export function badValue(text: string, { parameter }: Question): RefusedSearch {
  return new RefusedSearch(`'${text}' is no ${parameter.type} for '${parameter.code}'`)
}

const comparisons: { readonly [T in SearchParameterType]: Compare<ValueOf[T]> } = {
  string: (text, question) => {
    const compare = pick(stringComparisons, question)
    const query = stringValue(unescaped(text))
    return (value) => compare(query, value)
  },
  uri: (text, question) => {
    const compare = pick(uriComparisons, question)
    const query = unescaped(text)
    return (value) => compare(query, value)
  },
  date: (text, question) => {
    requireNoModifier(question)
    const { prefix, rest } = splitPrefix(unescaped(text))
    const query = dateQuery(rest, question.world.now)
    if (!query) throw badValue(text, question)
    return (value) => dateComparisons[prefix]!(query, value)
  },
  number: (text, question) => {
    requireNoModifier(question)
    const { prefix, rest } = splitPrefix(unescaped(text))
    const query = numberQuery(rest)
    if (!query) throw badValue(text, question)
    return (value) => numberComparisons[prefix]!(query, value)
  },
  quantity: (text, question) => {
    requireNoModifier(question)
    const { prefix, query } = parseQuantity(text, question)
    return (value) => quantityMatches(prefix, query, value)
  },
  token: (text, question) => pick(tokenComparisons, question)(text, question),
  reference: compareReference,
  composite: compareComposite,
  special: (text, question) => {
    const query = nearQuery(splitAt(text, '|').map(unescaped))
    if (!query || question.modifier !== '') throw badValue(text, question)
    return (value) => isNear(query, value)
  },
}

const tokenComparisons: Readonly<Record<string, Compare<ValueOf['token']>>> = {
  '': (text, question) => {
    const query = parseToken(text)
    requireTruth(query, text, question)
    return (value) => tokenMatches(query, value)
  },
  text: (text) => (value) => tokenTextMatches(unescaped(text), value),
  'of-type': (text, question) => {
    const [system, code, identifier, ...more] = splitAt(text, '|').map(unescaped)
    if (!system || !code || !identifier || more.length > 0) throw badValue(text, question)
    return (value) => ofTypeMatches(system, code, identifier, value)
  },
  in: (text, question) => {
    const codes = question.world.codesOf(unescaped(text))
    if (!codes) throw new RefusedSearch(`the value set '${text}' is not known`)
    return (value) => isCodeIn(codes, value)
  },
  above: subsumption((value, query) => [value, query]),
  below: subsumption((value, query) => [query, value]),
}

/** Booleans have two values, in a system that is implied. */
export function requireTruth({ system = '', code }: TokenQuery, text: string, question: Question): void {
  if (!isBoolean(question.world, question.parameter)) return
  if (!/^(true|false)$/i.test(code) || system !== '') throw badValue(text, question)
}

function subsumption(order: (value: string, query: string) => [string, string]): Compare<ValueOf['token']> {
  return (text, { world }) => {
    const { system = '', code } = parseToken(text)
    return (value) => {
      if (value.code === undefined || (system && value.system !== system)) return false
      return world.subsumes(value.system ?? '', ...order(value.code, code))
    }
  }
}

function parseToken(text: string): TokenQuery {
  const [first = '', ...others] = splitAt(text, '|')
  return others.length === 0
    ? { code: unescaped(first) }
    : { system: unescaped(first), code: unescaped(others.join('|')) }
}

function parseQuantity(text: string, question: Question): { prefix: string; query: QuantityQuery } {
  const [amount = '', system, code, ...more] = splitAt(text, '|').map(unescaped)
  const { prefix, rest } = splitPrefix(amount)
  const number = numberQuery(rest)
  const halfUnit = system !== undefined && !code
  if (!number || halfUnit || more.length > 0) throw badValue(text, question)
  return { prefix, query: { number, ...(code && { code }), ...(system && { system }) } }
}

function compareReference(text: string, { world, parameter, modifier }: Question): Test<ValueOf['reference']> {
  if (modifier === 'identifier') {
    const query = parseToken(text)
    return (value) => value.identifier !== undefined && tokenMatches(query, value.identifier)
  }
  const targets = new Set(parameter.target ?? [])
  if (modifier === '') return referenceMatches(unescaped(text), world, targets)
  if (modifier === 'above' || modifier === 'below') return compareHierarchy(text, { world, parameter, modifier })
  if (!targets.has(modifier)) throw new RefusedSearch(`'${parameter.code}' has no modifier ':${modifier}'`)
  const matches = referenceMatches(unescaped(text), world, new Set([modifier]))
  return (value) => value.type === modifier && matches(value)
}

/** The value is what is asked for, or is part of it (`:below`), or has it as a part (`:above`). */
function compareHierarchy(text: string, { world, parameter, modifier }: Question): Test<ValueOf['reference']> {
  const targets = parameter.target ?? []
  const isOfKind = (type: string) => parentParameter(world, type) !== undefined || isCanonical(world.definitions, type)
  if (targets.length > 0 && !targets.some(isOfKind)) {
    throw new RefusedSearch(`'${parameter.code}' points into no hierarchy`)
  }
  const matches = referenceMatches(unescaped(text), world, new Set(targets))
  const asked = parseReference(unescaped(text), world)
  const askedKeys = asked.type ? [localKey(asked)!] : targets.map((type) => `${type}/${unescaped(text)}`)
  const aboveAsked = new Set(askedKeys.flatMap((key) => [...withAncestors(world, key)]).filter(world.resource))
  const canonical = parseCanonical(unescaped(text)).canonical!
  return (value) => {
    if (value.canonical) return versionMatches(modifier, canonical, value.canonical)
    if (matches(value)) return true
    const key = localKey(value)
    if (key === undefined) return false
    if (modifier === 'above') return aboveAsked.has(key)
    return askedKeys.some((one) => withAncestors(world, key).has(one))
  }
}

/** All components must hold on the same element. https://hl7.org/fhir/R4/search.html#combining */
function compareComposite(text: string, question: Question): Test<ValueOf['composite']> {
  requireNoModifier(question)
  const components = componentsOf(question.world, question.parameter)
  const parts = splitAt(text, '$')
  if (parts.length !== components.length) throw badValue(text, question)
  const tests = parts.map((part, i) => testFor(part, { ...question, parameter: components[i]! }))
  return (element) => tests.every((test, i) => element[i]!.some((value) => test(value as never)))
}

function pick<T>(table: Readonly<Record<string, T>>, { parameter, modifier }: Question): T {
  const found = table[modifier]
  if (!found) throw new RefusedSearch(`'${parameter.code}' has no modifier ':${modifier}'`)
  return found
}

function requireNoModifier(question: Question): void {
  if (question.modifier !== '') throw new RefusedSearch(`'${question.parameter.code}' has no modifiers`)
}
