/**
 * Our versions of FHIRPath functions that the library cannot be trusted with: regular expressions in linear time,
 * texts of bounded size, and `resolve()` without a server. https://hl7.org/fhir/R4/fhirpath.html#functions
 */
import { ExpressionError } from './expression-error.ts'
import type { PathNode, Spend } from './guard.ts'
import { isPathNode, maxText, unwrap } from './guard.ts'
import type { RegularExpression } from './regular-expression.ts'
import * as regularExpression from './regular-expression.ts'

/** The environment of an evaluation carries its meter under this key, where no expression can reach it. */
export const spendKey = Symbol('spend')

/** The library's evaluation context, as far as it is read here. */
interface Context {
  readonly vars: { readonly [spendKey]?: Spend }
}

/** The library's class of nodes. */
export interface NodeClass {
  makeResNode(
    context: unknown,
    data: unknown,
    parent: PathNode | null,
    path: string | null,
    underscored: unknown,
    type: string | null,
    name?: string,
    index?: number,
  ): PathNode
}

type Argument = 'String' | 'Expr'
type Items = readonly unknown[]
type Projection = (item: unknown) => Items

interface Invocation {
  readonly fn: (this: Context, input: Items, ...parameters: never[]) => unknown
  readonly arity?: Record<number, Argument[]>
  readonly internalStructures: true
}

const stepsPerCharacter = 1 / 8
const cacheSize = 100
const cache = new Map<string, RegularExpression>()

/** The table that replaces functions of the library by ours. */
export function replacedFunctions(nodes: NodeClass): Record<string, Invocation> {
  const one: Invocation['arity'] = { 1: ['String'] }
  const oneOrTwo: Invocation['arity'] = { 1: ['String'], 2: ['String', 'String'] }
  const two: Invocation['arity'] = { 2: ['String', 'String'] }
  return {
    matches: { fn: matches, arity: oneOrTwo, internalStructures: true },
    matchesFull: { fn: matchesFull, arity: oneOrTwo, internalStructures: true },
    replaceMatches: { fn: replaceMatches, arity: two, internalStructures: true },
    replace: { fn: replace, arity: two, internalStructures: true },
    join: { fn: join, arity: { 0: [], ...one }, internalStructures: true },
    repeat: { fn: repeat, arity: { 1: ['Expr'] }, internalStructures: true },
    resolve: {
      fn(input) {
        return input.flatMap((item) => resolve(item, this, nodes))
      },
      internalStructures: true,
    },
  }
}

function matches(this: Context, input: Items, pattern: string, flags?: string): unknown {
  const text = singleText(input, 'matches')
  return text === undefined || !isText(pattern)
    ? []
    : regularExpression.test(compiled(pattern, isText(flags) ? flags : '', this), text, meter(this))
}

function matchesFull(this: Context, input: Items, pattern: string, flags?: string): unknown {
  return isText(pattern) ? matches.call(this, input, `^(?:${pattern})$`, flags as string) : []
}

function replaceMatches(this: Context, input: Items, pattern: string, substitution: string): unknown {
  const text = singleText(input, 'replaceMatches')
  if (text === undefined || !isText(pattern) || !isText(substitution)) return []
  if (pattern === '') return text
  return regularExpression.replace(compiled(pattern, '', this), text, substitution, meter(this))
}

/** https://hl7.org/fhirpath/N1/#replacepattern--string-substitution--string--string: `$` means nothing special here. */
function replace(this: Context, input: Items, pattern: string, substitution: string): unknown {
  const text = singleText(input, 'replace')
  if (text === undefined || !isText(pattern) || !isText(substitution)) return []
  const parts = text.split(pattern)
  const length = text.length + (parts.length + 1) * substitution.length
  if (length > maxText) throw new ExpressionError('a text is too long')
  if (pattern !== '') return parts.join(substitution)
  return text === '' ? substitution : substitution + parts.join(substitution) + substitution
}

function join(this: Context, input: Items, separator?: string): unknown {
  const texts = input.map(unwrap).filter((value) => value !== null && value !== undefined)
  if (texts.some((text) => typeof text !== 'string')) throw new ExpressionError('join() takes texts only')
  if (texts.length === 0) return []
  const between = isText(separator) ? separator : ''
  const length = (texts as string[]).reduce((total, text) => total + text.length + between.length, 0)
  if (length > maxText) throw new ExpressionError('a text is too long')
  return texts.join(between)
}

/** Items that were found before are not followed again; the library compares each with all others, and recurses. */
function repeat(this: Context, input: Items, projection: Projection): unknown {
  const found = new Map<string, unknown>()
  const pending = [...input]
  for (let item = pending.shift(); item !== undefined; item = pending.shift()) {
    for (const next of projection(item)) {
      const key = identity(next)
      this.vars[spendKey]?.(1 + key.length / 64)
      if (found.has(key)) continue
      found.set(key, next)
      pending.push(next)
    }
  }
  return [...found.values()]
}

/** Equal for equal values: their JSON, with what stands beside a primitive. */
function identity(item: unknown): string {
  const value = unwrap(item)
  return JSON.stringify([
    typeof value,
    typeof value === 'bigint' ? String(value) : value,
    isPathNode(item) ? item._data : null,
  ])
}

/**
 * A contained resource as it is; for any other reference a resource that has a type and an id and nothing else, which
 * is enough for `resolve() is Patient`. Nothing is ever fetched.
 */
function resolve(item: unknown, context: Context, nodes: NodeClass): PathNode[] {
  const value = unwrap(item)
  const reference = typeof value === 'string' ? value : member(value, 'reference')
  if (isText(reference) && reference.startsWith('#')) return contained(item, reference, context, nodes)

  const [, type, id] =
    (isText(reference) && /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference)) ||
    []
  const stub = type ?? member(value, 'type')
  if (!isText(stub)) return []
  return [nodes.makeResNode(context, { resourceType: stub, ...(id && { id }) }, null, null, null, null)]
}

/** Contained resources stand in the outermost resource, and refer to it as `#`. */
function contained(item: unknown, reference: string, context: Context, nodes: NodeClass): PathNode[] {
  for (let node = isPathNode(item) ? item.parentResNode : null; node; node = node.parentResNode) {
    const candidates = member(node.data, 'contained')
    if (!Array.isArray(candidates)) continue
    if (reference === '#') return [node]
    const index = candidates.findIndex((candidate) => member(candidate, 'id') === reference.slice(1))
    if (index < 0) continue
    const path = `${node.path}.contained`
    return [nodes.makeResNode(context, candidates[index], node, path, null, null, 'contained', index)]
  }
  return []
}

/** Compiling costs more than most matches, and a pattern is usually applied to many texts. */
function compiled(pattern: string, flags: string, context: Context): RegularExpression {
  const key = `${flags}/${pattern}`
  let expression = cache.get(key)
  if (!expression) {
    expression = regularExpression.compileRegularExpression(pattern, flags)
    meter(context)(pattern.length + expression.program.length)
    if (cache.size >= cacheSize) cache.clear()
    cache.set(key, expression)
  }
  return expression
}

/** One step of a match is much cheaper than one of an evaluation. */
function meter(context: Context): Spend {
  const spend = context.vars[spendKey]
  return (steps) => spend?.(steps * stepsPerCharacter)
}

function singleText(input: Items, name: string): string | undefined {
  if (input.length > 1) throw new ExpressionError(`${name}() takes one text, not ${input.length}`)
  const value = unwrap(input[0])
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new ExpressionError(`${name}() takes a text`)
  return value
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

/** An argument that evaluates to nothing arrives as an empty list. */
function isText(value: unknown): value is string {
  return typeof value === 'string'
}
