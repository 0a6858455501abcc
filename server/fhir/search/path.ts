/**
 * Search paths: the alternatives of a search parameter's FHIRPath expression, compiled to closures. Parameters that
 * share a path (`subject` and `patient`, `code` and `combo-code`) share its terms in the index.
 * https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
 */
import type { Definitions, Property } from '../definitions.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { type Tweak, tweak } from './term.ts'

/** Called with every value found and its FHIR type. */
export type Visit = (value: JsonValue, type: string) => void
export type Extract = (node: JsonObject, visit: Visit) => void

export interface SearchPath {
  /** The path in normal form, without a `where(resolve() is …)` filter: what terms are keyed by. */
  readonly text: string
  readonly tweak: Tweak
  /** 32-bit number that names the path in side tables. */
  readonly number: number
  /** FHIR types that the path may lead to. */
  readonly types: readonly string[]
  /** At most one value per resource. */
  readonly single: boolean
  /** Only references to this resource type count. */
  readonly resolveType?: string
  readonly extract: Extract
  /** The same places as PostgreSQL's jsonpath, by the type found there. */
  readonly jsonPaths: readonly { readonly path: string; readonly type: string }[]
}

/** Evaluates an expression that the compiler does not cover: the full FHIRPath engine. */
export type Fallback = (expression: string) => (resource: JsonObject) => readonly JsonValue[]

/**
 * The paths of an expression that start at `type` (a resource type, or any other type for the relative expressions of
 * composite components). Alternatives for other types are left out.
 */
export function compilePaths(
  expression: string,
  type: string,
  definitions: Definitions,
  fallback: Fallback,
): readonly SearchPath[] {
  const exists = /^([\w.]+)\.exists\(\) and \1 != false$/.exec(expression)?.[1]
  if (exists) return compilePaths(exists, type, definitions, fallback).map((path) => existsPath(path, expression))
  if (/ and | or |!=|\bexists\(/.test(expression)) return [fallbackPath(expression, type, fallback)]
  return splitTop(expression, '|').flatMap((alternative) => {
    const steps = splitTop(stripParentheses(alternative), '.').flatMap((step) => unwrapStep(step))
    const root = steps[0]!
    const rooted = /^[A-Z]/.test(root)
    if (rooted && root !== type && root !== 'Resource' && root !== 'DomainResource') return []
    const path = compileSteps(rooted ? steps.slice(1) : steps, type, definitions)
    return [path ?? fallbackPath(alternative, type, fallback)]
  })
}

interface Step {
  /** JSON properties that the step may be, several for a choice element. */
  readonly properties: readonly Property[]
  readonly where?: { readonly name: string; readonly value: string }
  readonly index?: number
}

function compileSteps(texts: readonly string[], type: string, definitions: Definitions): SearchPath | undefined {
  const steps: Step[] = []
  let types = [type]
  let resolveType: string | undefined
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!
    const last = steps.at(-1)
    const ofType = /^(?:as|ofType)\((\w+)\)$/.exec(text)?.[1]
    const where = /^where\((\w+)\s*=\s*'([^']*)'\)$/.exec(text)
    const resolve = /^where\(resolve\(\) is (\w+)\)$/.exec(text)?.[1]
    const member = /^(\w+)(?:\[(\d+)\])?$/.exec(text)
    if (ofType && last) {
      const properties = last.properties.filter((p) => sameType(p.type.code, ofType))
      steps[steps.length - 1] = { ...last, properties }
    } else if (where && last) steps[steps.length - 1] = { ...last, where: { name: where[1]!, value: where[2]! } }
    else if (resolve) resolveType = resolve
    else if (member) {
      const properties = types.flatMap((t) => elementProperties(t, member[1]!, definitions))
      if (properties.length === 0) return undefined
      steps.push({ properties, ...(member[2] && { index: Number(member[2]) }) })
    } else return undefined
    types = steps.at(-1)!.properties.map((p) => p.type.code)
  }
  const single = steps.every((step) => step.index !== undefined || step.properties.every((p) => !p.many))
  return searchPath(`${type}.${texts.filter((t) => !t.includes('resolve()')).join('.')}`, {
    types: [...new Set(types)],
    single,
    ...(resolveType && { resolveType }),
    extract: steps.length === 0 ? (node, visit) => visit(node, type) : compileExtract(steps),
    jsonPaths: jsonPathsOf(steps),
  })
}

function searchPath(text: string, rest: Omit<SearchPath, 'text' | 'tweak' | 'number'>): SearchPath {
  const domain = tweak(text)
  return { text, tweak: domain, number: domain.low, ...rest }
}

/** `X.exists() and X != false`, the form of Patient's `deceased`: true or false for every resource. */
function existsPath(path: SearchPath, expression: string): SearchPath {
  return searchPath(expression, {
    types: ['boolean'],
    single: true,
    jsonPaths: [{ path: existsJsonPath(path), type: 'boolean' }],
    extract: (node, visit) => {
      let found = false
      path.extract(node, (value) => {
        found ||= value !== false
      })
      visit(found, 'boolean')
    },
  })
}

/** A jsonpath predicate: some property of the element is there and not false. */
function existsJsonPath(path: SearchPath): string {
  const exists = path.jsonPaths.map(
    ({ path: place, type }) => `exists(${place}${type === 'boolean' ? ' ? (@ == true)' : ''})`,
  )
  return `(${exists.join(' || ')})`
}

function fallbackPath(expression: string, type: string, fallback: Fallback): SearchPath {
  const evaluate = fallback(expression)
  return searchPath(`${type}: ${expression.trim()}`, {
    types: ['boolean'],
    single: true,
    jsonPaths: [],
    extract: (node, visit) => {
      for (const value of evaluate(node)) visit(value, typeof value)
    },
  })
}

/** In lax mode arrays unwrap by themselves. */
function jsonPathsOf(steps: readonly Step[]): SearchPath['jsonPaths'] {
  let paths = [{ path: '$', type: '' }]
  for (const { properties, where, index } of steps) {
    const filter = where ? ` ? (@.${where.name} == ${JSON.stringify(where.value)})` : ''
    paths = paths.flatMap(({ path }) =>
      properties.map((property) => ({
        path: `${path}.${property.name}${index === undefined ? '' : `[${index}]`}${filter}`,
        type: property.type.code,
      })),
    )
  }
  return paths
}

type Follow = (value: JsonValue, type: string, visit: Visit) => void

/** One closure per step, from the last backwards. */
function compileExtract(steps: readonly Step[]): Extract {
  let follow: Follow = (value, type, visit) => visit(value, type)
  for (const step of [...steps].reverse()) {
    const next = follow
    follow = (value, _type, visit) => visitStep(value as JsonObject, step, next, visit)
  }
  return (node, visit) => follow(node, '', visit)
}

function visitStep(node: JsonObject, step: Step, next: Follow, visit: Visit): void {
  for (const property of step.properties) {
    const value = node[property.name]
    if (value === undefined || value === null) continue
    const type = property.type.code
    if (!Array.isArray(value)) visitItem(value, type, step, next, visit)
    else if (step.index !== undefined) visitItem(value[step.index], type, step, next, visit)
    else for (const item of value) visitItem(item, type, step, next, visit)
  }
}

function visitItem(value: JsonValue | undefined, type: string, step: Step, next: Follow, visit: Visit): void {
  if (value === undefined || value === null) return
  if (step.where && (value as JsonObject)[step.where.name] !== step.where.value) return
  next(value, type, visit)
}

function elementProperties(type: string, name: string, definitions: Definitions): Property[] {
  const properties = definitions.properties(type)?.values() ?? []
  return [...properties].filter((property) => property.element.name === name)
}

/** Expressions write `ofType(DateTime)` for `dateTime`. */
function sameType(code: string, wanted: string): boolean {
  return code === wanted || code === wanted[0]!.toLowerCase() + wanted.slice(1)
}

/** Splits at `separator` outside parentheses and quotes. */
function splitTop(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === "'") quoted = !quoted
    else if (quoted) continue
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === separator && depth === 0) {
      parts.push(text.slice(start, i).trim())
      start = i + 1
    }
  }
  return [...parts, text.slice(start).trim()]
}

/** `(x)` is `x`; `x as T` is `x.ofType(T)`. */
function stripParentheses(text: string): string {
  const trimmed = text.trim()
  if (trimmed.startsWith('(') && closing(trimmed) === trimmed.length - 1) return stripParentheses(trimmed.slice(1, -1))
  const cast = /^(.*\S)\s+as\s+(\w+)$/.exec(trimmed)
  return cast ? `${stripParentheses(cast[1]!)}.ofType(${cast[2]})` : trimmed
}

function closing(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0) return i
  }
  return -1
}

/** A step in parentheses is a path of its own; `extension('url')` is a filtered member. */
function unwrapStep(step: string): string[] {
  const extension = /^extension\('([^']*)'\)$/.exec(step)
  if (extension) return ['extension', `where(url='${extension[1]}')`]
  return step.startsWith('(') ? splitTop(stripParentheses(step), '.').flatMap(unwrapStep) : [step]
}
