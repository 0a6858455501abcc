/** The values of a search parameter in each resource of a population, extracted once. */
import type { SearchParameter, SearchParameterType } from '../../server/fhir/definitions.ts'
import type { Node } from './expression.ts'
import { branchesOf, compileFor, compileRelative } from './expression.ts'
import type { DateRange } from './values/date.ts'
import { dateRange, periodRange, timingRange } from './values/date.ts'
import type { Position } from './values/near.ts'
import type { Interval } from './values/number.ts'
import { point } from './values/number.ts'
import type { QuantityValue } from './values/quantity.ts'
import { moneyValue, quantityValue, rangeValue } from './values/quantity.ts'
import type { ReferenceValue } from './values/reference.ts'
import { parseCanonical, parseReference } from './values/reference.ts'
import type { StringValue } from './values/string.ts'
import { addressValues, nameValues, stringValue } from './values/string.ts'
import type { Identifier, TokenValue } from './values/token.ts'
import { codingToken, conceptTokens, identifierToken, plainToken } from './values/token.ts'
import type { Population, Resource, World } from './world.ts'
import { remember } from './world.ts'

/** What each type of parameter extracts. */
export interface ValueOf {
  readonly string: StringValue
  readonly token: TokenValue
  readonly date: DateRange
  readonly number: Interval & { readonly raw: number }
  readonly quantity: QuantityValue
  readonly reference: ReferenceValue
  readonly uri: string
  readonly special: Position
  /** The values of each component, on one and the same element. */
  readonly composite: readonly (readonly unknown[])[]
}

export interface Cell<T> {
  /** True if the expression yields anything at all, be it comparable or not: what `:missing` asks. */
  readonly present: boolean
  readonly values: readonly T[]
}

type Extract<T> = (node: Node, world: World) => readonly (T | undefined)[]

/** The cells of a population, in the order of its members. */
export function cellsOf<T extends SearchParameterType>(
  world: World,
  population: Population,
  parameter: SearchParameter & { readonly type: T },
): readonly Cell<ValueOf[T]>[] {
  return remember(population.memory, `cells ${parameter.code}`, () => {
    const extract = cellExtractor(world, population.type, parameter)
    return population.members.map(({ resource }) => extract(resource))
  }) as readonly Cell<ValueOf[T]>[]
}

/** The component parameters of a composite, in order. */
export function componentsOf(world: World, parameter: SearchParameter): SearchParameter[] {
  const byUrl = remember(world.memory, 'parameters by url', () => {
    const all = world.definitions.resourceTypes.flatMap((type) => [
      ...world.definitions.searchParameters(type).values(),
    ])
    return new Map(all.map((known) => [known.url, known]))
  })
  return componentUrls(parameter).map((url) => byUrl.get(url)!)
}

/** True for a parameter whose elements, all of them, are of type boolean, or that asks whether something is there. */
export function isBoolean(
  { definitions }: Pick<World, 'definitions'>,
  { type, expression = '' }: SearchParameter,
): boolean {
  if (type !== 'token') return false
  return branchesOf(expression).every((branch) => {
    if (branch.includes('.exists()')) return true
    const [root = '', ...names] = branch.split('.')
    let parent = root
    for (const name of names) {
      const element = definitions.types.get(parent)?.elements.find((one) => one.name === name)
      const [only, ...others] = element?.types ?? []
      if (!only || others.length > 0) return false
      parent = only.code
    }
    return parent === 'boolean'
  })
}

/** Elements that the package's model does not have are typed by the definitions. */
function typeOf({ type }: Node, { definitions }: World): string {
  const dot = type.lastIndexOf('.')
  if (dot < 0 || definitions.types.has(type)) return type
  const element = definitions.types.get(type.slice(0, dot))?.elements.find(({ name }) => name === type.slice(dot + 1))
  return element?.types[0]?.code ?? type
}

/** The published definition of DocumentReference.relationship names its two components the wrong way round. */
function componentUrls({ code, component = [] }: SearchParameter): string[] {
  const urls = component.map(({ definition }) => definition)
  return code === 'relationship' ? urls.reverse() : urls
}

function cellExtractor(world: World, type: string, parameter: SearchParameter): (resource: Resource) => Cell<unknown> {
  if (parameter.expression === undefined) throw new Error(`${parameter.code} has no expression`)
  if (parameter.type === 'composite') return compositeExtractor(world, type, parameter)
  const nodesOf = compileFor(type, parameter.expression)
  const extract = extractors[parameter.type]
  return (resource) => {
    const nodes = nodesOf(resource).map((node) => ({ ...node, type: typeOf(node, world) }))
    return { present: nodes.length > 0, values: nodes.flatMap((node) => defined(extract(node, world))) }
  }
}

function compositeExtractor(world: World, type: string, parameter: SearchParameter) {
  const components = componentsOf(world, parameter)
  const bases = branchesOf(parameter.expression!).map((branch) => ({
    elementsOf: compileFor(type, branch),
    parts: (parameter.component ?? []).map(({ expression }) =>
      compileRelative(branch.replace(/^\(|\)$/g, ''), expression),
    ),
  }))
  return (resource: Resource): Cell<unknown> => {
    const values = bases.flatMap(({ elementsOf, parts }) =>
      elementsOf(resource).map((element) =>
        parts.map((part, i) => {
          const extract = extractors[components[i]!.type as Exclude<SearchParameterType, 'composite'>]
          return part(element.data, resource).flatMap((node) => defined(extract(node, world)))
        }),
      ),
    )
    return { present: values.length > 0, values }
  }
}

function defined(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== undefined)
}

/** One entry per FHIR type that a parameter of this type can find; other types are present but not comparable. */
function byNodeType<T>(
  table: Readonly<Record<string, (data: never, world: World) => T | undefined | T[]>>,
): Extract<T> {
  return ({ type, data }, world) => {
    const found = table[type]?.(data as never, world)
    return Array.isArray(found) ? found : [found]
  }
}

const number = (raw: number) => ({ ...point(raw), raw })
const uri = (text: string) => text
const canonical = (text: string) => parseCanonical(text)
const plain = (code: string | boolean) => plainToken(String(code))
const exact = (code: string) => plainToken(code, true)

const extractors: {
  readonly [T in Exclude<SearchParameterType, 'composite'>]: Extract<ValueOf[T]>
} = {
  string: byNodeType<StringValue>({
    string: stringValue,
    markdown: stringValue,
    HumanName: nameValues,
    Address: addressValues,
  }),
  token: byNodeType<TokenValue>({
    Coding: codingToken,
    CodeableConcept: conceptTokens,
    Identifier: identifierToken,
    ContactPoint: ({ value }: { value?: string }) => (value === undefined ? undefined : plainToken(value)),
    code: plain,
    boolean: plain,
    string: plain,
    uri: exact,
    id: exact,
    'System.String': exact,
  }),
  date: byNodeType<DateRange>({
    date: dateRange,
    dateTime: dateRange,
    instant: dateRange,
    Period: periodRange,
    Timing: timingRange,
  }),
  number: byNodeType<Interval & { raw: number }>({
    decimal: number,
    integer: number,
    positiveInt: number,
    unsignedInt: number,
    Range: (range: object) => {
      const value = rangeValue(range)
      return value && { ...value.interval, raw: value.raw }
    },
  }),
  quantity: byNodeType<QuantityValue>({
    Quantity: quantityValue,
    Age: quantityValue,
    Duration: quantityValue,
    Count: quantityValue,
    Distance: quantityValue,
    Money: moneyValue,
    Range: rangeValue,
  }),
  reference: (node, world) => [referenceValue(node, world)],
  uri: byNodeType<string>({ uri, url: uri, canonical: uri, oid: uri, uuid: uri }),
  special: ({ data }) => [data as Position],
}

const canonicalTypes: Readonly<Record<string, (text: string) => ReferenceValue>> = {
  canonical,
  uri: canonical,
  url: canonical,
}

/** A Reference, a canonical, or a resource that is nested in place of a reference. */
function referenceValue({ type, data }: Node, world: World): ReferenceValue | undefined {
  if (type in canonicalTypes) return canonicalTypes[type]!(data as string)
  if (type === 'Reference') {
    const { reference, identifier } = data as { reference?: string; identifier?: Identifier }
    const parsed = reference === undefined ? {} : parseReference(reference, world)
    return identifier ? { ...parsed, identifier: identifierToken(identifier) } : parsed
  }
  if (!world.definitions.isResourceType(type)) return undefined
  const { id } = data as Resource
  return id === undefined ? {} : { raw: `${type}/${id}`, type, id, nested: true }
}
