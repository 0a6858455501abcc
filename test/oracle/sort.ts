/** Order of results. https://hl7.org/fhir/R4/search.html#sort */
import type { SearchParameter, SearchParameterType } from '../../server/fhir/definitions.ts'
import type { Cell, ValueOf } from './cell.ts'
import { cellsOf } from './cell.ts'
import { searchParameter } from './criterion.ts'
import { RefusedSearch } from './query.ts'
import { compareStrings } from './values/string.ts'
import type { Population, World } from './world.ts'

export interface SortRule {
  readonly code: string
  readonly descending: boolean
}

/** What a resource is ordered by under one rule; undefined comes last in either direction. */
export type SortKey = string | number | undefined

/** The rules of a `_sort`. */
export function parseSort(value: string): SortRule[] {
  return value.split(',').map((rule) => ({ code: rule.replace(/^-/, ''), descending: rule.startsWith('-') }))
}

/** The key of each member under a rule. */
export function sortKeys(world: World, population: Population, rule: SortRule): readonly SortKey[] {
  const parameter = searchParameter(world, population.type, rule.code)
  const keysOf = keys[parameter.type]
  if (!keysOf) throw new RefusedSearch(`'${rule.code}' cannot be sorted by`)
  const cells = cellsOf(world, population, parameter as SearchParameter) as readonly Cell<never>[]
  return cells.map(({ values }) => extreme(keysOf(values, rule.descending), rule.descending))
}

/** Compares two lists of keys under the rules. */
export function compareKeys(rules: readonly SortRule[], left: readonly SortKey[], right: readonly SortKey[]): number {
  for (const [i, { descending }] of rules.entries()) {
    const order = compareKey(left[i], right[i], descending)
    if (order !== 0) return order
  }
  return 0
}

const keys: {
  readonly [T in SearchParameterType]?: (values: readonly ValueOf[T][], descending: boolean) => SortKey[]
} = {
  string: (values) => values.map(({ normal }) => normal),
  token: (values) => values.map(({ code }) => code?.toLowerCase()),
  reference: (values) => values.map(({ raw }) => raw),
  uri: (values) => [...values],
  number: (values) => values.map(({ raw }) => raw),
  quantity: (values) => values.map(({ raw }) => raw),
  date: (values) => values.map(({ low }) => low),
}

function extreme(candidates: readonly SortKey[], descending: boolean): SortKey {
  const present = candidates.filter((key) => key !== undefined)
  return present.sort((left, right) => compareKey(left, right, descending))[0]
}

function compareKey(left: SortKey, right: SortKey, descending: boolean): number {
  if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined)
  const order = typeof left === 'string' ? compareStrings(left, String(right)) : compareNumbers(left, Number(right))
  return descending ? -order : order
}

function compareNumbers(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1
}
