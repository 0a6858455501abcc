/**
 * The one door to the `fhirpath` package. Expressions may come from outside, resources always do: here the library can
 * neither block the process, nor print, nor fetch, nor write to what it is given, and all its errors are outcomes.
 * https://hl7.org/fhir/R4/fhirpath.html
 */
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4'
import type { PreparedExpression } from './fhirpath/expression.ts'
import { prepareExpression } from './fhirpath/expression.ts'
import { ExpressionError } from './fhirpath/expression-error.ts'
import type { NodeClass } from './fhirpath/functions.ts'
import { replacedFunctions, spendKey } from './fhirpath/functions.ts'
import type { PathNode, SyntaxNode } from './fhirpath/guard.ts'
import { comparedOperands, createGuard, createSpend, isPathNode } from './fhirpath/guard.ts'
import { isRawNumber, numberFromText } from './json.ts'
import { OutcomeError } from './outcome.ts'

/** Values of `%name`; `%resource` and `%rootResource` are the input itself where they are absent. */
export type Environment = Readonly<Record<string, unknown>>

/** The elements that lead from a resource to one of its parts: names (a choice's with or without its type), positions. */
export type Location = readonly { readonly name: string; readonly index?: number }[]

export interface CompiledExpression {
  /** The values that the expression yields: parts of the input as they are, numbers with their digits. */
  evaluate(input: unknown, environment?: Environment): unknown[]
  /** Where in the resource each result is; undefined for a result that is no part of it. */
  locate(resource: object): (Location | undefined)[]
  /** Each result with its place. */
  find(resource: object): Found[]
}

export interface Found {
  readonly value: unknown
  readonly location: Location | undefined
}

export interface CompileOptions {
  /** The type or path of inputs that are parts of a resource: `Extension`, `Patient.contact`. */
  readonly base?: string
  /** What several evaluations may take together; each has its own where it is absent. */
  readonly meter?: Meter
}

/** Counts the steps that evaluations take; throws when there are none left. */
export type Meter = (steps: number) => void

/** What one evaluation may take where nothing else is said: less than a tenth of a second. */
export const mostSteps = 300_000

/** Compiled expressions are kept until their texts sum up to so many characters. */
const cacheCharacters = 200_000
const wellKnown: Environment = { sct: 'http://snomed.info/sct', loinc: 'http://loinc.org' }
const builtIn = new Set(['context', 'ucum'])
const maxUnit = 256

interface Compiled {
  readonly run: (input: unknown, environment: object, options: object) => unknown[]
  readonly isCompared: (node: SyntaxNode) => boolean
  readonly variables: PreparedExpression['variables']
}

interface DecimalClass {
  getDecimal(text: string): object
}

const options = { resolveInternalTypes: false } as const
const [someNumber] = fhirpath.evaluate({}, '1.0', {}, r4, options)
const [someNode] = fhirpath.evaluate({ resourceType: 'Basic', id: 'a' }, 'Basic.id', {}, r4, options)
const Decimal = someNumber.constructor as unknown as DecimalClass
const Node = someNode.constructor as unknown as NodeClass & { prototype: { data: unknown; convertData(): unknown } }
const InternalValue = Object.getPrototypeOf(fhirpath.FP_Decimal) as new () => { toJSON(): unknown }
const functions = replacedFunctions(Node)
const cache = new Map<string, Compiled>()
let cachedCharacters = 0

refuseLongUnits()

/** Evaluates an expression on a resource (or on any FHIR value: then without types). Throws `OutcomeError`. */
export function evaluate(expression: string, resource: unknown, environment?: Environment): unknown[] {
  return compile(expression).evaluate(resource, environment)
}

/** Compiles an expression; the most recent ones are kept. Throws `OutcomeError` for what cannot be used. */
export function compile(expression: string, { base, meter }: CompileOptions = {}): CompiledExpression {
  const compiled = fromCache(expression, base)
  const run = (input: unknown, environment: Environment) =>
    asOutcome(expression, () => runGuarded(compiled, input, environment, meter ?? createMeter()))
  return {
    evaluate(input, environment = {}) {
      const originals = new Map<object, object>()
      const own = withDigits(input, originals)
      const converted = Object.entries(environment).map(([name, value]) => [
        name,
        value === input ? own : withDigits(value, originals),
      ])
      const results = run(own, { resource: own, rootResource: own, ...Object.fromEntries(converted) })
      return results.map((item) => toJson(item, originals)).filter((value) => value !== undefined)
    },
    locate(resource) {
      const own = withDigits(resource, new Map())
      return run(own, { resource: own, rootResource: own }).map((item) => locationOf(item, own))
    },
    find(resource) {
      const originals = new Map<object, object>()
      const own = withDigits(resource, originals)
      return run(own, { resource: own, rootResource: own }).map((item) => ({
        value: toJson(item, originals),
        location: locationOf(item, own),
      }))
    },
  }
}

/** A meter for as many steps. */
export function createMeter(steps = mostSteps): Meter {
  return createSpend(steps)
}

function fromCache(expression: string, base: string | undefined): Compiled {
  const key = `${base ?? ''} ${expression}`
  let compiled = cache.get(key)
  if (compiled) cache.delete(key)
  else {
    compiled = asOutcome(expression, () => compileUncached(expression, base))
    cachedCharacters += key.length
  }
  cache.set(key, compiled)
  for (const oldest of cache.keys()) {
    if (cachedCharacters <= cacheCharacters) break
    cache.delete(oldest)
    cachedCharacters -= oldest.length
  }
  return compiled
}

function compileUncached(expression: string, base: string | undefined): Compiled {
  const prepared = prepareExpression(expression)
  const path = base === undefined ? prepared.text : { base, expression: prepared.text }
  return {
    run: fhirpath.compile(path, r4, {
      ...options,
      traceFn: () => {},
      userInvocationTable: functions as unknown as Parameters<typeof fhirpath.compile>[2] & object,
    } as Parameters<typeof fhirpath.compile>[2]) as Compiled['run'],
    isCompared: comparedOperands(fhirpath.parse(prepared.text) as SyntaxNode),
    variables: prepared.variables,
  }
}

function runGuarded(compiled: Compiled, input: unknown, environment: Environment, meter: Meter): unknown[] {
  const variables = Object.assign(Object.create(null), wellKnown, environment, { [spendKey]: meter })
  for (const name of compiled.variables) {
    const url = canonicalOf(name)
    if (url) variables[name] = url
    else if (!builtIn.has(name) && !(name in variables)) throw new ExpressionError(`there is no variable %${name}`)
  }
  return compiled.run(input, variables, { debugger: createGuard(meter, compiled.isCompared, isInternal) })
}

/** https://hl7.org/fhir/R4/fhirpath.html#variables */
function canonicalOf(name: string): string | undefined {
  const [, kind, id] = /^(vs|ext)-(.+)$/s.exec(name) ?? []
  if (!kind) return undefined
  return `http://hl7.org/fhir/${kind === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${id}`
}

function isInternal(value: unknown): boolean {
  return value instanceof InternalValue
}

/**
 * Numbers that keep their digits become the library's own numbers. Only what contains such a number is copied;
 * `originals` finds what a copy was made of.
 */
function withDigits(value: unknown, originals: Map<object, object>): unknown {
  return containsRawNumber(value) ? copyWithDigits(value, originals) : value
}

function containsRawNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isRawNumber(value)) return true
  for (const key in value) if (containsRawNumber((value as Record<string, unknown>)[key])) return true
  return false
}

function copyWithDigits(value: unknown, originals: Map<object, object>): unknown {
  if (isRawNumber(value)) return Decimal.getDecimal(value.rawJSON)
  if (Array.isArray(value)) return value.map((item) => withDigits(item, originals))
  const copy = Object.fromEntries(
    Object.entries(value as object).map(([key, member]) => [key, withDigits(member, originals)]),
  )
  originals.set(copy, value as object)
  return copy
}

/** A result as JSON has it; undefined for a primitive that has only extensions. */
function toJson(item: unknown, originals: ReadonlyMap<object, object>): unknown {
  const value = isPathNode(item) ? item.data : item
  if (value === null || value === undefined) return undefined
  if (value instanceof fhirpath.FP_Decimal) return digitsOf(value)
  if (value instanceof InternalValue) return value.toJSON()
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'object' ? (originals.get(value) ?? value) : value
}

function digitsOf(decimal: { toNumber(): number }): unknown {
  const text = 'asStr' in decimal ? String(decimal.asStr) : ''
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? numberFromText(text) : decimal.toNumber()
}

function locationOf(item: unknown, resource: unknown): Location | undefined {
  if (!isPathNode(item)) return undefined
  const steps: { name: string; index?: number }[] = []
  let node: PathNode = item
  for (; node.parentResNode; node = node.parentResNode) {
    if (node.propName === null) return undefined
    steps.unshift({
      name: node.propName,
      ...(node.index !== null && node.index !== undefined && { index: node.index }),
    })
  }
  return node.data === resource ? steps : undefined
}

/** The unit parser is slow, recursive and prints what it cannot read: no UCUM code is that long. */
function refuseLongUnits(): void {
  const { convertData } = Node.prototype
  Node.prototype.convertData = function (this: { data: unknown }) {
    const { data } = this
    const code = typeof data === 'object' && data !== null && 'code' in data ? data.code : undefined
    return typeof code === 'string' && code.length > maxUnit ? data : convertData.call(this)
  }
}

function asOutcome<T>(expression: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof OutcomeError) throw error
    const shown = expression.length > 100 ? `${expression.slice(0, 100)}…` : expression
    const reason = `The FHIRPath expression '${shown}' cannot be used: ${reasonOf(error)}.`
    throw new OutcomeError('invalid-parameters', { reason })
  }
}

/** Messages of the library may quote the resource, so that only those that are known not to are passed on. */
const harmless: readonly (readonly [RegExp, string])[] = [
  [/^line: (\d+); column: (\d+); message: ([^\n]*?)(?: expecting \{.*)?(?:\n.*)?$/s, 'line $1, column $2: $3'],
  [/^("[\w.]+" cannot be resolved to a valid type identifier)$/, '$1'],
  [/^(Invalid (?:date|date-time|time) literal: @[\dT:.Z+-]*)$/, '$1'],
  [
    /^(?:.*: )?(?:Expected single|Was expecting only one|The input collection contains multiple).*$/s,
    'several values where one is expected',
  ],
  [/^(Unary [+-]) .*$/s, '$1 can only be applied to one number or quantity'],
  [/^(?:.*: )?(?:Maximum call stack|Invalid string length|Maximum BigInt).*$/s, 'its evaluation is too large'],
]

function reasonOf(error: unknown): string {
  if (error instanceof ExpressionError) return error.message
  // The library throws texts as well as errors.
  const message = error instanceof Error ? error.message : String(error)
  const known = harmless.find(([pattern]) => pattern.test(message))
  return known ? message.replace(...known).slice(0, 200) : 'it does not apply to this resource'
}
