/** A CodeSystem resource, compiled once to what look-ups need. https://hl7.org/fhir/R4/codesystem.html */
import { compileRegularExpression, test } from '../fhirpath/regular-expression.ts'
import { isJsonObject, isRawNumber, type JsonObject, type JsonValue, numberText } from '../json.ts'
import { OutcomeError } from '../outcome.ts'
import { placeConcepts, withBelow } from './hierarchy.ts'
import { splitPattern } from './pattern.ts'
import { type Ranges, rangesOf } from './ranges.ts'
import type { Concept, Designation, PropertyTest, System } from './system.ts'
import { wordIndex } from './word-index.ts'

const compiled = new WeakMap<JsonObject, System>()

/** The system of a resource: compiled when it is first asked for, kept as long as the resource. */
export function codeTable(resource: JsonObject): System {
  let system = compiled.get(resource)
  if (!system) {
    system = compile(resource)
    compiled.set(resource, system)
  }
  return system
}

interface Draft {
  readonly concept: JsonObject
  readonly properties: readonly JsonObject[]
}

function compile(resource: JsonObject): System {
  const drafts: Draft[] = []
  const indexes = new Map<string, number>()
  const children: number[] = []
  const parents: number[] = []
  const caseSensitive = resource['caseSensitive'] !== false
  const key = (code: string) => (caseSensitive ? code : code.toLowerCase())

  const add = (list: JsonValue | undefined, above: number) => {
    for (const concept of objects(list)) {
      const code = key(String(concept['code']))
      const known = indexes.get(code)
      const index = known ?? drafts.length
      if (known === undefined) {
        indexes.set(code, index)
        drafts.push({ concept, properties: objects(concept['property']) })
      }
      if (above >= 0) {
        children.push(index)
        parents.push(above)
      }
      add(concept['concept'], index)
    }
  }
  add(resource['concept'], -1)
  const names = propertyNames(resource)
  drafts.forEach(({ properties }, index) => {
    for (const property of properties) {
      const side = names.hierarchy.get(String(property['code']))
      const other = side && indexes.get(key(propertyText(property)))
      if (other === undefined) continue
      children.push(side === 'parent' ? index : other)
      parents.push(side === 'parent' ? other : index)
    }
  })

  const place = placeConcepts(drafts.length, { children, parents, length: children.length })
  const above: number[][] = drafts.map(() => [])
  const below: number[][] = drafts.map(() => [])
  children.forEach((child, i) => {
    const [from, to] = [place.numbers[child]!, place.numbers[parents[i]!]!]
    if (from === to || above[from]!.includes(to)) return
    above[from]!.push(to)
    below[to]!.push(from)
  })
  const concepts = [...place.indexes].map((index, number) => conceptOf(drafts[index]!, above[number]!, names))
  return {
    ...described(resource, caseSensitive, concepts),
    ...lookUps(concepts, key),
    ...{
      below: (number) => withBelow(place, number),
      above: (number) => ancestors(number, concepts),
      children: (number) => rangesOf(below[number]!),
    },
  }
}

function described(resource: JsonObject, caseSensitive: boolean, concepts: readonly Concept[]) {
  const text = (name: string) => (typeof resource[name] === 'string' ? { [name]: resource[name] } : {})
  const declared = [...objects(resource['property']), ...objects(resource['filter'])].map(({ code }) => String(code))
  const used = concepts.flatMap((concept) => concept.properties.map((property) => String(property['code'])))
  return {
    url: String(resource['url']),
    ...text('version'),
    name: String(resource['title'] ?? resource['name'] ?? resource['url']),
    ...text('language'),
    content: String(resource['content'] ?? 'complete'),
    caseSensitive,
    size: concepts.length,
    properties: new Set([...declared, ...used]),
  }
}

function lookUps(concepts: readonly Concept[], key: (code: string) => string) {
  const numbers = new Map(concepts.map(({ code }, number) => [key(code), number]))
  const where = (holds: (concept: Concept) => boolean): Ranges =>
    rangesOf(concepts.flatMap((concept, number) => (holds(concept) ? [number] : [])))
  const inactive = where(({ active }) => !active)
  const abstract = where((concept) => concept.abstract)
  let words: ReturnType<typeof wordIndex> | undefined
  const found = new Map<string, Ranges>()
  return {
    numberOf: (code: string) => numbers.get(key(code)),
    concept: (number: number) => concepts[number]!,
    having: (property: string, propertyTest: PropertyTest) => {
      const name = `${property} ${JSON.stringify(propertyTest)}`
      const known = found.get(name)
      if (known) return known
      const holds = testOf(propertyTest)
      const ranges = where((concept) => valuesOf(concept, property).some(holds))
      if (found.size >= mostKept) found.clear()
      found.set(name, ranges)
      return ranges
    },
    inactive: () => inactive,
    abstract: () => abstract,
    matching: (prefixes: readonly string[]) => {
      words ??= wordIndex(concepts.map(textsOf))
      return words(prefixes)
    },
  }
}

/** Answers to filters that are kept for each system. */
const mostKept = 200

/** Every text that a concept can be found by. */
export function textsOf({ code, display, designations }: Concept): string[] {
  return [display ?? code, ...designations.map(({ value }) => value)]
}

/** The values of a property as text; code, display and definition count as properties, too. */
function valuesOf(concept: Concept, property: string): string[] {
  const own = { code: concept.code, display: concept.display, definition: concept.definition }[property]
  if (own !== undefined) return [own]
  if (property === 'inactive') return [String(!concept.active)]
  return concept.properties.flatMap((item) => (item['code'] === property ? [propertyText(item)] : []))
}

function testOf(propertyTest: PropertyTest): (value: string) => boolean {
  if (propertyTest.kind === 'present') return () => true
  if (propertyTest.kind === 'value') return (value) => value === propertyTest.value
  const expression = patternOf(propertyTest.pattern)
  return (value) => test(expression, value, () => {})
}

/** The whole value must match. */
function patternOf(pattern: string) {
  try {
    const { body, ignoresCase } = splitPattern(pattern)
    return compileRegularExpression(`^(?:${body})$`, ignoresCase ? 'i' : '')
  } catch (error) {
    const reason = `The pattern '${pattern}' cannot be used: ${(error as Error).message}`
    throw new OutcomeError('invalid-terminology', { reason })
  }
}

function ancestors(number: number, concepts: readonly Concept[]): Ranges {
  const found = new Set([number])
  for (const one of found) for (const parent of concepts[one]!.parents) found.add(parent)
  return rangesOf(found)
}

interface PropertyNames {
  /** Which side of the hierarchy a property's value is on. */
  readonly hierarchy: ReadonlyMap<string, 'parent' | 'child'>
  readonly inactive: ReadonlySet<string>
  readonly abstract: ReadonlySet<string>
  readonly status: ReadonlySet<string>
}

const standard = 'http://hl7.org/fhir/concept-properties#'

/** By the properties' uris; by their usual codes where they have none. */
function propertyNames(resource: JsonObject): PropertyNames {
  const byUri = new Map<string, string[]>()
  for (const { uri, code } of objects(resource['property'])) {
    if (typeof uri === 'string' && uri.startsWith(standard)) {
      byUri.set(uri.slice(standard.length), [...(byUri.get(uri.slice(standard.length)) ?? []), String(code)])
    }
  }
  const names = (uri: string, ...usual: readonly string[]) => new Set([...(byUri.get(uri) ?? []), ...usual])
  const sides = (['parent', 'child'] as const).flatMap((side) =>
    [...names(side, side, ...(side === 'parent' ? ['subsumedBy'] : []))].map((name) => [name, side] as const),
  )
  return {
    hierarchy: new Map(sides),
    inactive: names('inactive', 'inactive'),
    abstract: names('notSelectable', 'notSelectable', 'abstract'),
    status: names('status', 'status'),
  }
}

const endedStates: ReadonlySet<string> = new Set(['retired', 'inactive'])

function conceptOf({ concept, properties }: Draft, parents: readonly number[], names: PropertyNames): Concept {
  const { code, display, definition } = concept
  const isTrue = (set: ReadonlySet<string>) =>
    properties.some((property) => set.has(String(property['code'])) && propertyText(property) === 'true')
  const ended = properties.some(
    (property) => names.status.has(String(property['code'])) && endedStates.has(propertyText(property)),
  )
  return {
    code: String(code),
    ...(typeof display === 'string' && { display }),
    ...(typeof definition === 'string' && { definition }),
    active: !ended && !isTrue(names.inactive),
    abstract: isTrue(names.abstract),
    designations: objects(concept['designation']).map(designationOf),
    properties,
    parents,
  }
}

export function designationOf({ language, use, value }: JsonObject): Designation {
  return {
    ...(typeof language === 'string' && { language }),
    ...(isJsonObject(use) && { use }),
    value: String(value),
  }
}

/** A property's value as a filter writes it. */
export function propertyText(property: JsonObject): string {
  const value = Object.entries(property).find(([name]) => name.startsWith('value'))?.[1]
  if (isJsonObject(value)) return String(value['code'] ?? '')
  return typeof value === 'number' || isRawNumber(value) ? numberText(value) : String(value ?? '')
}

/** The objects of a list; none where there is no list. */
export function objects(list: JsonValue | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}
