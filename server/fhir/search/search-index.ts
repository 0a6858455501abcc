/**
 * What is indexed for each resource type, compiled from the search parameters: their paths, and the few principal values
 * that get columns of their own because most searches pin or sort by them.
 */
import type { Definitions, SearchParameter, SearchParameterType } from '../definitions.ts'
import { compilePaths, type Fallback, type SearchPath } from './path.ts'

export interface IndexedParameter {
  readonly code: string
  readonly type: SearchParameterType
  readonly url: string
  readonly paths: readonly SearchPath[]
  /** Resource types that a reference parameter may point at. */
  readonly targets: readonly string[]
  readonly composite?: readonly CompositePath[]
}

/** One alternative of a composite parameter: where its instances are, and its components relative to an instance. */
export interface CompositePath {
  readonly base: SearchPath
  /** The base is the resource itself: components need not be correlated. */
  readonly root: boolean
  readonly components: readonly CompositeComponent[]
}

export interface CompositeComponent {
  readonly type: SearchParameterType
  readonly paths: readonly SearchPath[]
  /** Relative to the resource instead of the instance (`%resource.…`). */
  readonly fromResource: boolean
}

export interface Principal {
  /** The reference to the patient whose compartment the resource is in. */
  readonly patient?: SearchPath
  /** Paths of which at most one has a value: the date by which results are sorted. */
  readonly date: readonly SearchPath[]
  readonly code?: SearchPath
  readonly number?: SearchPath
}

export interface TypeIndex {
  readonly type: string
  readonly parameters: ReadonlyMap<string, IndexedParameter>
  readonly principal: Principal
}

/** The parameter that gives a type's principal date is the first of these that the type has with one value. */
const principalDates = [
  'date',
  'authoredon',
  'authored',
  'authored-on',
  'onset-date',
  'occurrence',
  'whenhandedover',
  'effective-time',
  'effective',
  'created',
  'start',
  'start-date',
  'recorded',
  'issued',
  'sent',
  'period',
  'birthdate',
] as const

const principalCodes = ['code', 'vaccine-code', 'type', 'class'] as const

/** Compiles the index of one resource type; `parameters` are those that apply to it. */
export function compileTypeIndex(
  type: string,
  parameters: ReadonlyMap<string, SearchParameter>,
  definitions: Definitions,
  fallback: Fallback,
  typeOfParameter: (url: string) => SearchParameterType | undefined,
): TypeIndex {
  const compile = (expression: string, from: string) => compilePaths(expression, from, definitions, fallback)
  const indexed = new Map<string, IndexedParameter>()
  for (const parameter of parameters.values()) {
    indexed.set(parameter.code, {
      code: parameter.code,
      type: parameter.type,
      url: parameter.url,
      paths: parameter.expression && parameter.type !== 'composite' ? compile(parameter.expression, type) : [],
      targets: (parameter.target ?? []).flatMap((t) => (t === 'Resource' ? definitions.resourceTypes : [t])),
      ...(parameter.type === 'composite' && { composite: compositePaths(parameter, type, compile, typeOfParameter) }),
    })
  }
  return { type, parameters: indexed, principal: principalOf(indexed) }
}

function compositePaths(
  parameter: SearchParameter,
  type: string,
  compile: (expression: string, from: string) => readonly SearchPath[],
  typeOfParameter: (url: string) => SearchParameterType | undefined,
): readonly CompositePath[] {
  return compile(parameter.expression ?? '', type).map((base) => ({
    base,
    root: base.text === `${type}.`,
    components: (parameter.component ?? []).map(({ definition, expression }) => {
      const fromResource = expression.startsWith('%resource.')
      const relative = fromResource ? expression.slice('%resource.'.length) : expression
      const paths = compile(relative, fromResource ? type : base.types[0]!)
      // R4 publishes the definitions of DocumentReference's `relationship` the wrong way round: the path knows better.
      const isReference = paths.every((path) => path.types.every((t) => t === 'Reference'))
      return { type: isReference ? 'reference' : tokenUnlessKnown(typeOfParameter(definition)), paths, fromResource }
    }),
  }))
}

function tokenUnlessKnown(type: SearchParameterType | undefined): SearchParameterType {
  return type === undefined || type === 'reference' ? 'token' : type
}

function principalOf(parameters: ReadonlyMap<string, IndexedParameter>): Principal {
  const named = (codes: readonly string[]) => codes.flatMap((code) => parameters.get(code) ?? [])
  const patient = named(['patient', 'subject'])
    .filter((p) => p.type === 'reference' && p.targets.includes('Patient'))
    .flatMap((p) => p.paths)
    .find((path) => path.single && path.types.includes('Reference'))
  const date = named(principalDates).find((p) => p.type === 'date' && p.paths.length > 0 && oneElement(p.paths))
  const code = named(principalCodes)
    .filter((p) => p.type === 'token')
    .flatMap((p) => (p.paths.length === 1 ? p.paths : []))
    .find((path) => path.single && path.types.every((t) => t === 'CodeableConcept' || t === 'Coding'))
  const number = named(['value-quantity'])
    .flatMap((p) => p.paths)
    .find((path) => path.single && path.types[0] === 'Quantity')
  return { date: date?.paths ?? [], ...(patient && { patient }), ...(code && { code }), ...(number && { number }) }
}

/** Alternatives of one choice element: at most one of them has a value. */
function oneElement(paths: readonly SearchPath[]): boolean {
  const elements = new Set(paths.map((path) => path.text.replace(/\.ofType\(\w+\)$/, '')))
  return elements.size === 1 && paths.every((path) => path.single)
}
