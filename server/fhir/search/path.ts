/**
 * Search paths: the alternatives of a search parameter's FHIRPath expression, compiled to closures. Parameters that
 * share a path (`subject` and `patient`, `code` and `combo-code`) share its terms in the index.
 * https://hl7.org/fhir/R4/searchparameter-definitions.html#SearchParameter.expression
 */
import type { Definitions, Property, SearchParameterType } from '../definitions.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { alternativesOf, isOperation, stepsOf } from './path-text.ts'
import { type Tweak, tweak } from './term.ts'

/** Called with every value found and its FHIR type. */
export type Visit = (value: JsonValue, type: string) => void
/** `tooCostly` is called where finding the values takes too many steps: then there are none. */
export type Extract = (node: JsonObject, visit: Visit, tooCostly?: () => void) => void

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
  /** The same places as PostgreSQL's jsonpath, by the type found there; none where the values are computed. */
  readonly jsonPaths: readonly { readonly path: string; readonly type: string }[]
  /** The full FHIRPath engine finds the values. */
  readonly computed?: boolean
}

/** What expressions are compiled with. */
export interface PathCompiler {
  readonly definitions: Definitions
  /** Evaluates an expression that the compiler does not cover, on a value of `type`: the full FHIRPath engine. */
  readonly fallback: (expression: string, type: string) => Extract
  /** Told of an element that a path names and the type does not have. */
  readonly unknownElement?: (type: string, name: string) => void
}

/**
 * The paths of an expression that start at `type` (a resource type, or any other type for the relative expressions of
 * composite components). Alternatives for other types are left out. `kind`: what is searched along the paths.
 */
export function compilePaths(
  expression: string,
  type: string,
  kind: SearchParameterType,
  compiler: PathCompiler,
): readonly SearchPath[] {
  const exists = /^([\w.]+)\.exists\(\) and \1 != false$/.exec(expression)?.[1]
  if (exists) return compilePaths(exists, type, kind, compiler).map((path) => existsPath(path, expression))
  if (isOperation(expression)) return [computedPath(expression, type, kind, compiler)]
  return alternativesOf(expression).flatMap((alternative) => {
    const steps = stepsOf(alternative)
    const root = steps[0]!
    const rooted = /^[A-Z]/.test(root)
    if (rooted && root !== type && root !== 'Resource' && root !== 'DomainResource') return []
    const path = compileSteps(rooted ? steps.slice(1) : steps, type, compiler)
    if (path === 'nowhere') return compiler.unknownElement ? [] : [nowherePath(alternative, type)]
    return [path ?? computedPath(alternative, type, kind, compiler)]
  })
}

interface Step {
  /** JSON properties that the step may be, several for a choice element. */
  readonly properties: readonly Property[]
  /** The same by the type that has them, where the step before leads to several. */
  readonly byType?: ReadonlyMap<string, readonly Property[]>
  readonly where?: { readonly name: string; readonly value: string }
  readonly index?: number
}

/** Undefined where a step is more than the compiler covers. */
function compileSteps(
  texts: readonly string[],
  type: string,
  { definitions, unknownElement }: PathCompiler,
): SearchPath | 'nowhere' | undefined {
  const steps: Step[] = []
  const names: string[] = []
  let types = [type]
  let resolveType: string | undefined
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!
    const last = steps.at(-1)
    const ofType = /^(?:as|ofType)\((\w+)\)$/.exec(text)?.[1]
    const where = /^where\((\w+)\s*=\s*'([^']*)'\)$/.exec(text)
    const resolve = /^where\(resolve\(\) is (\w+)\)$/.exec(text)?.[1]
    const member = /^(\w+)(?:\[(\d+)\])?$/.exec(text)
    let name = text
    if (ofType && last) {
      steps[steps.length - 1] = onlyType(last, ofType)
      name = `ofType(${steps.at(-1)!.properties[0]?.type.code ?? ofType})`
    } else if (where && last) steps[steps.length - 1] = { ...last, where: { name: where[1]!, value: where[2]! } }
    else if (resolve) resolveType = resolve
    else if (member) {
      const step = memberStep(types, member[1]!, definitions)
      if (step.properties.length === 0) {
        unknownElement?.(types.length === 1 ? types[0]! : texts.slice(0, i).join('.'), member[1]!)
        return 'nowhere'
      }
      const [property] = step.properties
      // US Core writes an element with its type, as JSON does: `valueDateTime` is `value.ofType(dateTime)`.
      if (property!.element.name !== member[1]) {
        names.push(property!.element.name)
        name = `ofType(${property!.type.code})`
      }
      steps.push({ ...step, ...(member[2] && { index: Number(member[2]) }) })
    } else return undefined
    if (!resolve) names.push(name)
    types = [...new Set(steps.at(-1)?.properties.map((p) => p.type.code) ?? types)]
  }
  const single = steps.every((step) => step.index !== undefined || step.properties.every((p) => !p.many))
  return searchPath(`${type}.${names.join('.')}`, {
    types,
    single,
    ...(resolveType && { resolveType }),
    extract: steps.length === 0 ? (node, visit) => visit(node, type) : compileExtract(steps),
    jsonPaths: jsonPathsOf(steps),
  })
}

function memberStep(types: readonly string[], name: string, definitions: Definitions): Step {
  const byType = new Map(types.map((type) => [type, elementProperties(type, name, definitions)]))
  const having = [...byType.values()].filter((properties) => properties.length > 0)
  return { properties: having.flat(), ...(types.length > 1 && having.length > 0 && { byType }) }
}

function onlyType({ properties, byType, ...step }: Step, type: string): Step {
  const some = (list: readonly Property[]) => list.filter((p) => sameType(p.type.code, type))
  return {
    ...step,
    properties: some(properties),
    ...(byType && { byType: new Map([...byType].map(([parent, list]) => [parent, some(list)])) }),
  }
}

function searchPath(text: string, rest: Omit<SearchPath, 'text' | 'tweak' | 'number'>): SearchPath {
  const domain = tweak(text)
  return { text, tweak: domain, number: domain.low, ...rest }
}

/** The same path under a name of its own, for values that are stored apart from another parameter's. */
export function apart(path: SearchPath): SearchPath {
  const { text, tweak: _tweak, number: _number, ...rest } = path
  return searchPath(`${text} apart`, rest)
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

function computedPath(
  expression: string,
  type: string,
  kind: SearchParameterType,
  { fallback }: PathCompiler,
): SearchPath {
  return searchPath(`${type}: ${expression.trim()}`, {
    types: computedTypes[kind] ?? ['string'],
    single: false,
    jsonPaths: [],
    computed: true,
    extract: fallback(expression, type),
  })
}

/** R4 publishes parameters with elements that it does not have. */
function nowherePath(expression: string, type: string): SearchPath {
  return searchPath(`${type}: ${expression.trim()}`, {
    types: ['code'],
    single: true,
    jsonPaths: [],
    extract: () => {},
  })
}

/** What the values of an expression may be, as far as searching must know. */
const computedTypes: Readonly<Partial<Record<SearchParameterType, readonly string[]>>> = {
  token: ['CodeableConcept', 'Identifier', 'code'],
  reference: ['Reference', 'canonical'],
}

/** In lax mode arrays unwrap by themselves. */
function jsonPathsOf(steps: readonly Step[]): SearchPath['jsonPaths'] {
  let paths = [{ path: '$', type: '' }]
  for (const { properties, byType, where, index } of steps) {
    const filter = where ? ` ? (@.${where.name} == ${JSON.stringify(where.value)})` : ''
    paths = paths.flatMap(({ path, type }) =>
      (byType?.get(type) ?? (byType ? [] : properties)).map((property) => ({
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
    const { properties, byType } = step
    follow = byType
      ? (value, type, visit) => visitStep(value as JsonObject, byType.get(type) ?? [], step, next, visit)
      : (value, _type, visit) => visitStep(value as JsonObject, properties, step, next, visit)
  }
  return (node, visit) => follow(node, '', visit)
}

function visitStep(node: JsonObject, properties: readonly Property[], step: Step, next: Follow, visit: Visit): void {
  for (const property of properties) {
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
  const properties = definitions.properties(type)
  const named = [...(properties?.values() ?? [])].filter((property) => property.element.name === name)
  const typed = properties?.get(name)
  return named.length > 0 || !typed?.element.choice ? named : [typed]
}

/** Expressions write `ofType(DateTime)` for `dateTime`. */
function sameType(code: string, wanted: string): boolean {
  return code === wanted || code === wanted[0]!.toLowerCase() + wanted.slice(1)
}
