/**
 * Search parameters beyond the base specification's: SearchParameter resources, and whether they can be used here.
 * https://hl7.org/fhir/R4/searchparameter.html
 */
import type { SearchParameter, SearchParameterType } from '../definitions.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { nearest } from '../nearest.ts'
import { type Issue, OutcomeError } from '../outcome.ts'
import type { IndexCompiler } from './search-index.ts'
import { compileParameter, type IndexedParameter } from './search-index.ts'

export interface CustomParameter extends SearchParameter {
  /** `building`: not yet written for all resources that were stored before. */
  readonly state: 'building' | 'active'
}

export function appliesTo({ base }: Pick<SearchParameter, 'base'>, type: string): boolean {
  return base.some((name) => name === type || name === 'Resource' || name === 'DomainResource')
}

/** The resource types that a parameter applies to. */
export function typesOf(parameter: Pick<SearchParameter, 'base'>, resourceTypes: readonly string[]): readonly string[] {
  return resourceTypes.filter((type) => appliesTo(parameter, type))
}

/** Whether the two make different rows of the same resources, or are found differently. */
export function isSame(a: SearchParameter, b: SearchParameter): boolean {
  return definitionText(a) === definitionText(b)
}

/** The members that count, in one order: what is stored. */
export function definitionText({ url, code, type, base, expression, target, component }: SearchParameter): string {
  return JSON.stringify({ url, code, type, base, expression, target, component })
}

/** Drafts and active ones are to be used: who stores one wants to search by it. */
export function isOffered(resource: JsonObject): boolean {
  return resource['status'] === 'active' || resource['status'] === 'draft'
}

/** The parts of a SearchParameter resource, which is valid, that count. */
export function searchParameterOf(resource: JsonObject): SearchParameter {
  const { url, code, type, expression, target } = resource
  const components = list(resource['component']).filter(isJsonObject)
  return {
    url: url as string,
    code: code as string,
    type: type as SearchParameterType,
    base: list(resource['base']) as string[],
    ...(typeof expression === 'string' && { expression }),
    ...(target !== undefined && { target: list(target) as string[] }),
    ...(components.length > 0 && {
      component: components.map(({ definition, expression }) => ({
        definition: withoutVersion(String(definition)),
        expression: String(expression),
      })),
    }),
  }
}

export interface CheckedParameter {
  readonly parameter: SearchParameter
  readonly issues: readonly Issue[]
}

/**
 * What keeps a SearchParameter resource from being used; nothing where it can be. `others`: the custom parameters in use
 * that have other URLs.
 */
export function checkParameter(
  resource: JsonObject,
  compiler: IndexCompiler,
  others: readonly SearchParameter[],
): CheckedParameter {
  const parameter = withTargets(searchParameterOf(resource))
  const derivedFrom = withoutVersion(String(resource['derivedFrom'] ?? ''))
  const { definitions } = compiler
  const reasons = [...nameFaults(parameter), ...baseFaults(parameter, definitions.resourceTypes)]
  if (reasons.length === 0) {
    const types = typesOf(parameter, definitions.resourceTypes)
    reasons.push(...codeFaults(parameter, derivedFrom, types, compiler, others))
    reasons.push(...(expressionFaults(parameter) ?? compileFaults(parameter, types, compiler)))
  }
  const url = typeof parameter.url === 'string' ? parameter.url : `SearchParameter/${String(resource['id'])}`
  return {
    parameter,
    issues: [...new Set(reasons)].map((reason) => ({ code: 'unusable-parameter', params: { url, reason } })),
  }
}

/** A reference without targets may point at anything. */
function withTargets(parameter: SearchParameter): SearchParameter {
  const { type, target = [] } = parameter
  return type === 'reference' && target.length === 0 ? { ...parameter, target: ['Resource'] } : parameter
}

const types: ReadonlySet<unknown> = new Set<SearchParameterType>([
  'number',
  'date',
  'string',
  'token',
  'reference',
  'composite',
  'quantity',
  'uri',
])

function nameFaults({ url, code, type }: SearchParameter): string[] {
  return [
    ...(typeof url === 'string' ? [] : ['it has no url: give it one of your own.']),
    ...(/^[A-Za-z][\w-]{0,63}$/.test(code)
      ? []
      : [`its code '${code}' must begin with a letter and go on with up to 63 letters, digits, - and _.`]),
    ...(types.has(type) ? [] : [`its type must be one of ${[...types].join(', ')}.`]),
  ]
}

function baseFaults({ base, target = [] }: SearchParameter, resourceTypes: readonly string[]): string[] {
  const known = new Set([...resourceTypes, 'Resource', 'DomainResource'])
  const unknown = [...base, ...target].filter((type) => !known.has(type))
  return [
    ...(base.length === 0 ? ['it has no base: name the resource types that it searches.'] : []),
    ...unknown.map((type) => `'${type}' is not a resource type.${suggestion(type, known)}`),
  ]
}

/** A code means one thing: only what is derived from a parameter of the base specification may take its code over. */
function codeFaults(
  { url, code }: SearchParameter,
  derivedFrom: string,
  types: readonly string[],
  { definitions }: IndexCompiler,
  others: readonly SearchParameter[],
): string[] {
  const isStandard = (type: string) => [...definitions.searchParameters(type).values()].some((p) => p.url === url)
  if (definitions.resourceTypes.some(isStandard)) {
    return ['it belongs to the base specification and can be searched already.']
  }
  const faults = types.flatMap((type) => {
    const standard = definitions.searchParameters(type).get(code)
    if (!standard || standard.url === derivedFrom) return []
    return [
      `'${code}' is a search parameter of ${type} already: only one derived from ${standard.url} may replace it. Choose another code.`,
    ]
  })
  const rivals = others.filter((other) => other.code === code && types.some((type) => appliesTo(other, type)))
  return [...faults, ...rivals.map((other) => `${other.url} has the code '${code}' already: choose another.`)]
}

/** Longer ones would make every write slow. */
const longestExpression = 4000

function expressionFaults({ expression, type, component = [] }: SearchParameter): string[] | undefined {
  if (expression === undefined)
    return ['it has no expression: give it one that leads to what is searched, such as Patient.name.']
  const texts = [expression, ...component.map((part) => part.expression)]
  if (texts.some((text) => text.length > longestExpression)) {
    return [`its expression is longer than ${longestExpression} characters.`]
  }
  const text = texts.join(' ')
  if (/\b(?:now|today|timeOfDay)\s*\(/.test(text))
    return ['its expression depends on the time at which it is evaluated.']
  if (/\b(?:versionId|lastUpdated)\b/.test(text))
    return ['the server gives versions and times only when it stores them.']
  if (/\bresolve\s*\(/.test(text.replace(/\.where\(resolve\(\) is \w+\)/g, ''))) {
    return [
      'it may resolve references only in the form .where(resolve() is Patient): search what they point at by a chain.',
    ]
  }
  return type === 'composite' && component.length !== 2 ? ['a composite must have two components.'] : undefined
}

function compileFaults(parameter: SearchParameter, types: readonly string[], compiler: IndexCompiler): string[] {
  const faults: string[] = []
  const unknownElement = (type: string, name: string) => {
    const names = [...(compiler.definitions.properties(type)?.values() ?? [])].map((property) => property.element.name)
    faults.push(`${type} has no element '${name}'.${suggestion(name, names)}`)
  }
  for (const type of types) {
    try {
      const compiled = compileParameter(parameter, type, { ...compiler, unknownElement })
      if (faults.length === 0) faults.push(...pathFaults(compiled, type, compiler))
    } catch (error) {
      if (!(error instanceof OutcomeError)) throw error
      faults.push(error.message)
    }
  }
  return faults
}

function pathFaults(
  { paths, composite, type }: IndexedParameter,
  resourceType: string,
  compiler: IndexCompiler,
): string[] {
  if (composite) return compositeFaults(composite, resourceType)
  if (paths.length === 0)
    return [`its expression leads nowhere on ${resourceType}: take that out of base, or add a path for it.`]
  const found = [...new Set(paths.flatMap((path) => path.types))]
  const wanted = searchedTypes[type]
  if (paths.some((path) => path.computed) || !wanted || found.some((t) => wanted.test(t))) return []
  if (type === 'reference' && found.some((t) => compiler.definitions.isResourceType(t))) return []
  return [`its expression leads to ${found.join(', ')} on ${resourceType}, which a ${type} parameter cannot search.`]
}

/** The data types that a parameter's type finds, where those are few. */
const searchedTypes: Readonly<Partial<Record<SearchParameterType, RegExp>>> = {
  date: /^(?:date|dateTime|instant|Period|Timing)$/,
  number: /^(?:decimal|integer|positiveInt|unsignedInt|Quantity|Age|Count|Distance|Duration|Range|Money)$/,
  quantity: /^(?:decimal|integer|positiveInt|unsignedInt|Quantity|Age|Count|Distance|Duration|Range|Money)$/,
  reference: /^(?:Reference|canonical|uri|url)$/,
  uri: /^(?:canonical|id|oid|uri|url|uuid|string)$/,
}

const pairedTypes: ReadonlySet<string> = new Set(['token', 'string', 'reference', 'number', 'quantity'])
const numericTypes: ReadonlySet<string> = new Set(['number', 'quantity'])

function compositeFaults(composite: NonNullable<IndexedParameter['composite']>, type: string): string[] {
  if (composite.length === 0)
    return [`its expression leads nowhere on ${type}: take that out of base, or add a path for it.`]
  return composite.flatMap(({ base, root, components }) => {
    if (base.computed) return ['the expression of a composite must be a plain path.']
    if (components.some(({ paths }) => paths.length === 0)) return [`its components lead nowhere on ${type}.`]
    if (components.some((component) => component.type === 'composite')) return ['a composite cannot be a component.']
    if (root) return []
    const numeric = components.filter((component) => numericTypes.has(component.type))
    const paired = components.every((component) => pairedTypes.has(component.type)) && numeric.length < 2
    return paired ? [] : ['components inside one element are searched as tokens, strings, references and one number.']
  })
}

function suggestion(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : ` Did you mean '${near}'?`
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function withoutVersion(canonical: string): string {
  return canonical.split('|')[0]!
}
