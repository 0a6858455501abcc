/** A code system as the rules of terminology see it, wherever its concepts are kept. */
import type { JsonObject } from '../json.ts'
import { didYouMean } from '../nearest.ts'
import { OutcomeError } from '../outcome.ts'
import { noConcepts, type Ranges, rangeOf, subtract, unite } from './ranges.ts'

export interface Designation {
  readonly language?: string
  readonly use?: JsonObject
  readonly value: string
}

export interface Concept {
  readonly code: string
  readonly display?: string
  readonly definition?: string
  readonly active: boolean
  /** Groups others and is no value itself. */
  readonly abstract: boolean
  readonly designations: readonly Designation[]
  /** As `CodeSystem.concept.property` has them. */
  readonly properties: readonly JsonObject[]
  /** The numbers of the concepts right above. */
  readonly parents: readonly number[]
}

/** What a text filter asks of a concept's property. */
export type PropertyTest =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'present' }

/**
 * Concepts have numbers from 0 in the order of the hierarchy. What is not at hand is noted, and \`Needed\` thrown:
 * whoever called has it fetched and calls again.
 */
export interface System {
  readonly url: string
  readonly version?: string
  readonly name?: string
  /** As `CodeSystem.content`: only of a complete system is a code that it does not have wrong. */
  readonly content: string
  readonly caseSensitive: boolean
  readonly language?: string
  readonly size: number
  /** Codes of the properties that concepts may have. */
  readonly properties: ReadonlySet<string>
  numberOf(code: string): number | undefined
  concept(number: number): Concept
  /** The concept and all below it. */
  below(number: number): Ranges
  /** The concept and all above it. */
  above(number: number): Ranges
  children(number: number): Ranges
  having(property: string, test: PropertyTest): Ranges
  inactive(): Ranges
  abstract(): Ranges
  /** Concepts of which a display or designation has a word for each of these beginnings. */
  matching(prefixes: readonly string[]): Ranges
  /** Tells that these codes will be asked for, so that they are looked up together. */
  expect?(codes: Iterable<string>): void
  /** The same for concepts. */
  expectConcepts?(numbers: readonly number[]): void
  /** For each number how far behind it comes among those that match a text; absent: in order of numbers. */
  weights?(): Uint8Array
}

/** Thrown where something must be looked up before there is an answer. No Error: a trace would cost more than the rest. */
export class Needed {}

/**
 * What is made of each; where something must be looked up for one of them, the others tell what they need, too, so that it
 * is fetched for all at once.
 */
export function mapAll<From, To>(items: readonly From[], make: (item: From) => To): To[] {
  let needed: Needed | undefined
  const made: To[] = []
  for (const item of items) {
    try {
      made.push(make(item))
    } catch (error) {
      if (!(error instanceof Needed)) throw error
      needed = error
    }
  }
  if (needed) throw needed
  return made
}

export interface Filter {
  readonly property: string
  readonly op: string
  readonly value: string
}

export function allOf(system: System): Ranges {
  return rangeOf(0, system.size)
}

/** The concepts that a filter of a value set chooses. https://hl7.org/fhir/R4/valueset-filter-operator.html */
export function filtered(system: System, filter: Filter): Ranges {
  const choose = Object.hasOwn(operators, filter.op) ? operators[filter.op] : undefined
  if (!choose) throw unusable(system, filter, `There is no operator '${filter.op}'.`)
  if (!isProperty(system, filter.property)) {
    const near = didYouMean(filter.property, [...system.properties, ...ownProperties])
    throw unusable(system, filter, `The code system has no property '${filter.property}'.${near}`)
  }
  return choose(system, filter)
}

/** Those of every concept, whether or not a system declares them. */
const ownProperties: readonly string[] = ['concept', 'code', 'display', 'definition', 'inactive', 'notSelectable']

function isProperty({ properties }: System, name: string): boolean {
  return properties.has(name) || ownProperties.includes(name) || Object.hasOwn(related, name)
}

type Choose = (system: System, filter: Filter) => Ranges

const operators: Readonly<Record<string, Choose>> = {
  'is-a': (system, filter) => around(system, filter, 'below', true),
  'descendent-of': (system, filter) => around(system, filter, 'below', false),
  'is-not-a': (system, filter) => subtract(allOf(system), around(system, filter, 'below', true)),
  generalizes: (system, filter) => around(system, filter, 'above', true),
  '=': (system, { property, value }) => equalTo(system, property, value),
  in: (system, { property, value }) => anyOf(system, property, value),
  'not-in': (system, { property, value }) => subtract(allOf(system), anyOf(system, property, value)),
  regex: (system, filter) => matchingPattern(system, filter),
  exists: (system, filter) => existing(system, filter),
}

function around(system: System, filter: Filter, side: 'below' | 'above', itself: boolean): Ranges {
  const { property, op, value } = filter
  if (!codeProperties.has(property) && !hierarchyProperties.has(property)) {
    throw unusable(system, filter, `'${op}' applies to 'concept'.`)
  }
  const number = system.numberOf(value)
  if (number === undefined) {
    if (system.content !== 'complete') return noConcepts
    throw unusable(system, filter, `The code system has no code '${value}'.`)
  }
  const found = system[side](number)
  return itself ? found : subtract(found, rangeOf(number, number + 1))
}

const codeProperties: ReadonlySet<string> = new Set(['concept', 'code'])
const hierarchyProperties: ReadonlySet<string> = new Set(['parent', 'child', 'subsumedBy', 'ancestor', 'descendant'])

const related: Readonly<Record<string, (system: System, number: number) => Ranges>> = {
  parent: (system, number) => system.children(number),
  subsumedBy: (system, number) => system.children(number),
  child: (system, number) => unite(system.concept(number).parents.map((parent) => rangeOf(parent, parent + 1))),
  ancestor: (system, number) => subtract(system.below(number), rangeOf(number, number + 1)),
  descendant: (system, number) => subtract(system.above(number), rangeOf(number, number + 1)),
}

/** Properties that say no where nothing is said. https://hl7.org/fhir/R4/codesystem.html#status */
const flags: Readonly<Record<string, (system: System) => Ranges>> = {
  inactive: (system) => system.inactive(),
  notSelectable: (system) => system.abstract(),
}

function equalTo(system: System, property: string, value: string): Ranges {
  if (codeProperties.has(property)) {
    const number = system.numberOf(value)
    return number === undefined ? noConcepts : rangeOf(number, number + 1)
  }
  const flagged = Object.hasOwn(flags, property) && (value === 'true' || value === 'false')
  if (flagged) {
    const found = flags[property]!(system)
    return value === 'true' ? found : subtract(allOf(system), found)
  }
  if (!Object.hasOwn(related, property)) return system.having(property, { kind: 'value', value })
  const number = system.numberOf(value)
  return number === undefined ? noConcepts : related[property]!(system, number)
}

function anyOf(system: System, property: string, list: string): Ranges {
  return unite(mapAll(list.split(','), (value) => equalTo(system, property, value.trim())))
}

function matchingPattern(system: System, { property, value }: Filter): Ranges {
  const name = codeProperties.has(property) ? 'code' : property
  return system.having(name, { kind: 'pattern', pattern: value })
}

function existing(system: System, filter: Filter): Ranges {
  const { property, value } = filter
  if (value !== 'true' && value !== 'false') throw unusable(system, filter, "'exists' takes true or false.")
  const found =
    codeProperties.has(property) || property === 'inactive'
      ? allOf(system)
      : system.having(property, { kind: 'present' })
  return value === 'true' ? found : subtract(allOf(system), found)
}

function unusable({ url }: System, { property, op, value }: Filter, why: string): OutcomeError {
  const reason = `The filter '${property} ${op} ${value}' on ${url} cannot be used: ${why}`
  return new OutcomeError('invalid-terminology', { reason })
}
