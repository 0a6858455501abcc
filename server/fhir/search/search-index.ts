/**
 * What is indexed for each resource type, compiled from the search parameters: their paths, and the few principal values
 * that get columns of their own because most searches pin or sort by them.
 */
import type { SearchParameter, SearchParameterType } from '../definitions.ts'
import type { CustomParameter } from './custom-parameter.ts'
import { apart, compilePaths, type PathCompiler, type SearchPath } from './path.ts'

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
  /** What can be searched, by code. */
  readonly parameters: ReadonlyMap<string, IndexedParameter>
  /** The base specification's own, whether or not a custom one has taken a code over. */
  readonly standard: ReadonlyMap<string, IndexedParameter>
  /** Written for every resource, but not yet for all that were stored before: not to be searched. By code. */
  readonly building: ReadonlyMap<string, IndexedParameter>
  /** All of these: what is written. */
  readonly written: readonly IndexedParameter[]
  readonly principal: Principal
  /** Where resources of the type have the url by which canonicals name them. */
  readonly canonical?: SearchPath
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

export interface IndexCompiler extends PathCompiler {
  readonly typeOfParameter: (url: string) => SearchParameterType | undefined
}

/** Compiles the index of one resource type by the base specification; `parameters` are those that apply to it. */
export function compileTypeIndex(
  type: string,
  parameters: Iterable<SearchParameter>,
  compiler: IndexCompiler,
): TypeIndex {
  const standard = new Map([...parameters].map((p) => [p.code, compileParameter(p, type, compiler)]))
  const principal = principalOf(standard)
  const canonical = canonicalPath(type, standard, compiler)
  const written = [...standard.values()]
  return {
    type,
    parameters: standard,
    standard,
    building: new Map(),
    written,
    principal,
    ...(canonical && { canonical }),
  }
}

/** Other types have urls that are addresses: theirs are not versions of one thing. */
function canonicalPath(
  type: string,
  parameters: ReadonlyMap<string, IndexedParameter>,
  { definitions }: IndexCompiler,
): SearchPath | undefined {
  if (definitions.properties(type)?.get('version')?.type.code !== 'string') return undefined
  return parameters.get('url')?.paths.find((path) => path.text === `${type}.url`)
}

/**
 * The index with custom parameters besides. What has columns of its own stays what the base specification makes it:
 * those columns are written for every resource.
 */
export function extendTypeIndex(
  index: TypeIndex,
  custom: readonly CustomParameter[],
  compiler: IndexCompiler,
): TypeIndex {
  const parameters = new Map(index.standard)
  const building = new Map<string, IndexedParameter>()
  const written = [...index.standard.values()]
  for (const parameter of custom) {
    const compiled = apartFromPrincipal(compileParameter(parameter, index.type, compiler), index.principal)
    written.push(compiled, ...componentsOf(compiled))
    const place = parameter.state === 'active' ? parameters : building
    place.set(parameter.code, compiled)
  }
  return { ...index, parameters, building, written }
}

/** Compiles one parameter for a type that it applies to. */
export function compileParameter(parameter: SearchParameter, type: string, compiler: IndexCompiler): IndexedParameter {
  const { code, url, expression = '', target = [] } = parameter
  const isComposite = parameter.type === 'composite'
  return {
    code,
    type: parameter.type,
    url,
    paths: expression === '' || isComposite ? [] : compilePaths(expression, type, parameter.type, compiler),
    targets: target.flatMap((t) => (t === 'Resource' ? compiler.definitions.resourceTypes : [t])),
    ...(isComposite && { composite: compositePaths(parameter, type, compiler) }),
  }
}

/** A composite on the resource itself is searched by its components, which no other parameter need write. */
function componentsOf({ code, url, composite }: IndexedParameter): IndexedParameter[] {
  const components = (composite ?? []).filter(({ root }) => root).flatMap((path) => path.components)
  return components.map(({ type, paths }) => ({ code, url, type, paths, targets: [] }))
}

/** Some of the alternatives of the principal date cannot be told from the others in its columns. */
function apartFromPrincipal(parameter: IndexedParameter, { date }: Principal): IndexedParameter {
  const principal = new Set(date.map((path) => path.text))
  const shared = parameter.paths.filter((path) => principal.has(path.text))
  if (shared.length === 0 || shared.length === principal.size) return parameter
  return { ...parameter, paths: parameter.paths.map((path) => (principal.has(path.text) ? apart(path) : path)) }
}

function compositePaths(parameter: SearchParameter, type: string, compiler: IndexCompiler): readonly CompositePath[] {
  return compilePaths(parameter.expression ?? '', type, 'composite', compiler).map((base) => ({
    base,
    root: base.text === `${type}.`,
    components: (parameter.component ?? []).map(({ definition, expression }) => {
      const fromResource = expression.startsWith('%resource.')
      const relative = fromResource ? expression.slice('%resource.'.length) : expression
      const known = compiler.typeOfParameter(definition)
      const paths = compilePaths(relative, fromResource ? type : base.types[0]!, known ?? 'token', compiler)
      // R4 publishes the definitions of DocumentReference's `relationship` the wrong way round: the path knows better.
      const isReference = paths.every((path) => path.types.every((t) => t === 'Reference'))
      return { type: isReference ? 'reference' : tokenUnlessKnown(known), paths, fromResource }
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
