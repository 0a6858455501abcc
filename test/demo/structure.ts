/** A small structural check against the definitions: names, cardinalities, kinds and required codes. */
import type { Definitions, Property } from '../../server/fhir/definitions.ts'
import { readBundle } from '../../server/packages.ts'

const texts: Readonly<Record<string, RegExp>> = {
  id: /^[A-Za-z0-9\-.]{1,64}$/,
  date: /^\d{4}(-\d\d(-\d\d)?)?$/,
  dateTime: /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?)?)?$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/,
  time: /^\d\d:\d\d:\d\d$/,
  code: /^\S+( \S+)*$/,
  uri: /^\S+$/,
  url: /^\S+$/,
  canonical: /^\S+$/,
  base64Binary: /^[A-Za-z0-9+/]+=*$/,
  xhtml: /^<div xmlns="http:\/\/www\.w3\.org\/1999\/xhtml">.+<\/div>$/s,
}
const numbers = new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt'])

type Tree = { readonly [key: string]: unknown }

/** What values are checked against. */
export interface Known {
  readonly definitions: Definitions
  readonly codes: RequiredCodes
}

/** What is wrong with `value` as a `type`, in words that start with the place. */
export function structureProblems(known: Known, type: string, value: Tree, place = type): string[] {
  const properties = known.definitions.properties(type)!
  const names = Object.keys(value).filter((name) => name !== 'resourceType')
  const unknown = names.filter((name) => !properties.has(name)).map((name) => `${place}.${name} is unknown`)
  const present = names.flatMap((name) => properties.get(name) ?? [])
  return [
    ...unknown,
    ...(names.length === 0 ? [`${place} is empty`] : []),
    ...missing(properties, present, place),
    ...present.flatMap((property) =>
      memberProblems(known, property, value[property.name], `${place}.${property.name}`),
    ),
  ]
}

function missing(properties: ReadonlyMap<string, Property>, present: readonly Property[], place: string): string[] {
  const elements = new Set([...properties.values()].map((property) => property.element))
  return [...elements].flatMap((element) => {
    const count = present.filter((property) => property.element === element).length
    if (count < Math.min(1, element.min)) return [`${place}.${element.name} is missing`]
    return count > 1 ? [`${place}.${element.name} has ${count} types`] : []
  })
}

function memberProblems(known: Known, property: Property, value: unknown, place: string): string[] {
  if (Array.isArray(value) !== property.many) return [`${place} is ${property.many ? 'not a list' : 'a list'}`]
  const items: unknown[] = Array.isArray(value) ? value : [value]
  if (items.length === 0) return [`${place} is empty`]
  const binding = property.element.binding
  const wrongCodes = binding
    ? known.codes.problems(binding.valueSet, items).map((code) => `${place} must not be ${code}`)
    : []
  return [...wrongCodes, ...items.flatMap((item) => valueProblems(known, property, item, place))]
}

function valueProblems(known: Known, property: Property, value: unknown, place: string): string[] {
  const type = property.type.code
  if (!property.primitive) {
    if (typeof value !== 'object' || value === null) return [`${place} is not an object`]
    return structureProblems(known, type, value as Tree, place)
  }
  const expected = numbers.has(type) ? 'number' : type === 'boolean' ? 'boolean' : 'string'
  const given: string = typeof value
  if (given !== expected) return [`${place} is a ${given}`]
  if (given === 'number') return Number.isFinite(value) ? [] : [`${place} is not finite`]
  if (given === 'string' && (value as string).trim() === '') return [`${place} is blank`]
  return texts[type] && !texts[type].test(String(value)) ? [`${place} is no ${type}: ${value}`] : []
}

export interface RequiredCodes {
  /** The codes among `items` (codes, Codings, CodeableConcepts) that the value set does not contain. */
  problems(valueSet: string, items: readonly unknown[]): string[]
}

interface PublishedConcept {
  readonly code: string
  readonly concept?: readonly PublishedConcept[]
}

interface PublishedTerminology {
  readonly resourceType: string
  readonly url: string
  readonly concept?: readonly PublishedConcept[]
  readonly compose?: {
    readonly include: readonly {
      readonly system?: string
      readonly concept?: readonly PublishedConcept[]
      readonly filter?: unknown
      readonly valueSet?: unknown
    }[]
  }
}

/** Reads the value sets of the base specification; those that are not plain lists are not judged. */
export function requiredCodes(): RequiredCodes {
  const published = readBundle('valuesets.json') as unknown as readonly PublishedTerminology[]
  const systems = new Map(
    published.filter((each) => each.resourceType === 'CodeSystem').map((each) => [each.url, each]),
  )
  const sets = new Map(
    published.filter((each) => each.resourceType === 'ValueSet').map((each) => [each.url, listed(each, systems)]),
  )
  return {
    problems: (valueSet, items) => {
      const allowed = sets.get(valueSet)
      return allowed ? items.flatMap(codesIn).filter((code) => !allowed.has(code)) : []
    },
  }
}

function listed(
  set: PublishedTerminology,
  systems: ReadonlyMap<string, PublishedTerminology>,
): Set<string> | undefined {
  const codes = new Set<string>()
  for (const include of set.compose?.include ?? []) {
    const concepts = include.concept ?? systems.get(include.system ?? '')?.concept
    if (!concepts || include.filter || include.valueSet) return undefined
    for (const code of flat(concepts)) codes.add(code)
  }
  return codes
}

function flat(concepts: readonly PublishedConcept[]): string[] {
  return concepts.flatMap((each) => [each.code, ...flat(each.concept ?? [])])
}

function codesIn(item: unknown): string[] {
  if (typeof item === 'string') return [item]
  const { code, coding } = item as { readonly code?: string; readonly coding?: readonly { readonly code: string }[] }
  return coding ? coding.map((each) => each.code) : code ? [code] : []
}
