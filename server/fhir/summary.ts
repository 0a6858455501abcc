/**
 * Parts of resources: `_summary` and `_elements`. What comes out is marked as SUBSETTED, so that nobody takes it for the
 * whole; what goes in is not changed. https://hl7.org/fhir/R4/search.html#summary
 */
import type { Definitions, ElementDefinition, Property } from './definitions.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { isJsonObject } from './json.ts'
import { OutcomeError } from './outcome.ts'

/** The values of `_summary` that change a resource; `count` and `false` are for the search to see to. */
export type SummaryMode = 'true' | 'text' | 'data'

/** Marks a resource that is not complete. https://hl7.org/fhir/R4/resource.html#simple-tags */
export const subsettedTag = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const

/** The summary of a resource; of a Bundle, those of the resources in its entries. */
export function summarize(resource: JsonObject, mode: SummaryMode, definitions: Definitions): JsonObject {
  if (resource['resourceType'] === 'Bundle') {
    return withEntries(resource, (inner) => summarize(inner, mode, definitions))
  }
  return subsetted(modes[mode](resource, definitions))
}

/**
 * The elements that were asked for, with those that may not be missing: id, meta, mandatory and modifier elements.
 * `elements` holds names such as `value`, `value[x]` or `valueQuantity`, for one type where it says `Observation.value`.
 * In a Bundle, resources that a search included and contained resources stay whole unless their type is named.
 */
export function selectElements(
  resource: JsonObject,
  elements: readonly string[],
  definitions: Definitions,
): JsonObject {
  return select(resource, selectionOf(elements), definitions)
}

/** Reads `_elements`: base element names, separated by commas, each with or without a type before it. */
export function parseElements(text: string): readonly string[] {
  const elements = text.split(',').map((element) => element.trim())
  const named = elements.filter((element) => element !== '')
  const wrong = named.find((element) => !/^([A-Z][A-Za-z]*\.)?[a-z][A-Za-z0-9]*(\[x\])?$/.test(element))
  if (wrong !== undefined) {
    const reason = `'${wrong}' in _elements is not the name of an element. Write names such as 'name' or 'Patient.name'.`
    throw new OutcomeError('invalid-search', { reason })
  }
  return [...new Set(named)]
}

const modes: Readonly<Record<SummaryMode, (resource: JsonObject, definitions: Definitions) => JsonObject>> = {
  true: (resource, definitions) => narrow(resource, String(resource['resourceType']), definitions),
  text: (resource, definitions) => {
    const kept = keptNames(definitions, String(resource['resourceType'])).mandatory
    return pick(resource, (name) => name === 'text' || kept.has(name))
  },
  data: (resource) => withContained(pick(resource, isNotText), (inner) => pick(inner, isNotText)),
}

function isNotText(name: string): boolean {
  return name !== 'text'
}

/** The members of a resource whose names pass, and those that every resource keeps. */
function pick(resource: JsonObject, passes: (name: string) => boolean): JsonObject {
  const picked: JsonObject = {}
  for (const key of Object.keys(resource)) {
    if (alwaysKept.has(key) || passes(elementName(key))) picked[key] = resource[key]!
  }
  return picked
}

const alwaysKept: ReadonlySet<string> = new Set(['resourceType', 'id', '_id', 'meta'])

/** `_birthDate` belongs to `birthDate`: the id and extensions of a value go where the value goes. */
function elementName(key: string): string {
  return key.startsWith('_') ? key.slice(1) : key
}

/** The summary elements of an object of any type, at every level. */
function narrow(object: JsonObject, type: string, definitions: Definitions): JsonObject {
  const { summary, indispensable } = keptNames(definitions, type)
  const narrowed: JsonObject = {}
  for (const key of Object.keys(object)) {
    const name = elementName(key)
    const inner = summary.get(name)
    if (inner !== undefined) {
      const value = narrowValue(object[key]!, inner, definitions)
      // A mandatory element that has extensions only, such as why it is absent, has no summary elements but must stay.
      if (value !== undefined || indispensable.has(name)) narrowed[key] = value ?? object[key]!
    } else if (summary.has(name) || key === 'resourceType') narrowed[key] = object[key]!
  }
  return narrowed
}

/** Nothing where nothing would remain, since elements are never empty. */
function narrowValue(value: JsonValue, type: string, definitions: Definitions): JsonValue | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => narrowValue(item, type, definitions)).filter((item) => item !== undefined)
    return items.length > 0 ? items : undefined
  }
  if (!isJsonObject(value)) return value
  const narrowed = narrow(value, type, definitions)
  return Object.keys(narrowed).length > 0 ? narrowed : undefined
}

interface Kept {
  /** Mandatory elements, by the names of their properties. */
  readonly mandatory: ReadonlySet<string>
  /** Mandatory and modifier elements. */
  readonly indispensable: ReadonlySet<string>
  /** Those and the summary elements; the type of those whose own elements are to be chosen from. */
  readonly summary: ReadonlyMap<string, string | undefined>
}

const keptByDefinitions = new WeakMap<Definitions, Map<string, Kept>>()

function keptNames(definitions: Definitions, type: string): Kept {
  const known = keptByDefinitions.get(definitions) ?? new Map<string, Kept>()
  keptByDefinitions.set(definitions, known)
  const kept = known.get(type) ?? keptNamesOf(definitions, type)
  known.set(type, kept)
  return kept
}

function keptNamesOf(definitions: Definitions, type: string): Kept {
  const properties = [...(definitions.properties(type)?.values() ?? [])]
  const mandatory = properties.filter(({ element }) => element.min > 0)
  const indispensable = properties.filter(({ element }) => isIndispensable(element))
  const summary = properties.filter(({ element }) => element.summary || isIndispensable(element))
  return {
    mandatory: new Set(mandatory.map(({ name }) => name)),
    indispensable: new Set(indispensable.map(({ name }) => name)),
    summary: new Map(summary.map((property) => [property.name, narrowedType(property, definitions)])),
  }
}

/** Without a mandatory element a resource is not valid, without a modifier it can say the opposite of what it did. */
function isIndispensable({ min, modifier }: ElementDefinition): boolean {
  return min > 0 || modifier === true
}

/** Extensions and the narrative have no summary elements: they are kept or left out as a whole. */
function narrowedType({ type, primitive }: Property, definitions: Definitions): string | undefined {
  const definition = definitions.types.get(type.code)
  const whole = primitive || definition?.kind === 'resource'
  return !whole && definition?.elements.some((element) => element.summary) ? type.code : undefined
}

interface Selection {
  /** As they were asked for: `name`, `Patient.name`. */
  readonly names: ReadonlySet<string>
  /** The types that are named before an element. */
  readonly types: ReadonlySet<string>
}

function selectionOf(elements: readonly string[]): Selection {
  const names = new Set(elements.map((element) => element.replace('[x]', '')))
  const qualified = [...names].filter((name) => name.includes('.'))
  return { names, types: new Set(qualified.map((name) => name.slice(0, name.indexOf('.')))) }
}

function select(resource: JsonObject, selection: Selection, definitions: Definitions): JsonObject {
  const type = String(resource['resourceType'])
  if (type === 'Bundle') {
    return withEntries(resource, (inner, mode) =>
      mode !== 'include' || isNamed(inner, selection) ? select(inner, selection, definitions) : inner,
    )
  }
  const picked = pickSelected(resource, selection, definitions)
  return subsetted(
    withContained(picked, (inner) => (isNamed(inner, selection) ? pickSelected(inner, selection, definitions) : inner)),
  )
}

function pickSelected(resource: JsonObject, { names }: Selection, definitions: Definitions): JsonObject {
  const type = String(resource['resourceType'])
  const properties = definitions.properties(type)
  const { indispensable } = keptNames(definitions, type)
  return pick(resource, (name) => {
    const element = properties?.get(name)?.element.name ?? name
    return (
      indispensable.has(name) ||
      names.has(element) ||
      names.has(name) ||
      names.has(`${type}.${element}`) ||
      names.has(`${type}.${name}`)
    )
  })
}

function isNamed(resource: JsonObject, { types }: Selection): boolean {
  return types.has(String(resource['resourceType']))
}

/** Changes the resources in the entries of a Bundle; what the server says about the search is not a result. */
function withEntries(bundle: JsonObject, change: (resource: JsonObject, mode: unknown) => JsonObject): JsonObject {
  const entries = bundle['entry']
  if (!Array.isArray(entries)) return bundle
  const entry = entries.map((item) => {
    if (!isJsonObject(item) || !isJsonObject(item['resource'])) return item
    const mode = isJsonObject(item['search']) ? item['search']['mode'] : undefined
    return mode === 'outcome' ? item : { ...item, resource: change(item['resource'], mode) }
  })
  return { ...bundle, entry }
}

function withContained(resource: JsonObject, change: (contained: JsonObject) => JsonObject): JsonObject {
  const contained = resource['contained']
  if (!Array.isArray(contained)) return resource
  return { ...resource, contained: contained.map((item) => (isJsonObject(item) ? change(item) : item)) }
}

/** Adds the tag; `meta` follows the id, where the specification lists it. */
function subsetted(resource: JsonObject): JsonObject {
  const { resourceType, id, _id, meta, ...elements } = resource
  const tags = isJsonObject(meta) && Array.isArray(meta['tag']) ? meta['tag'] : []
  const isTagged = tags.some(
    (tag) => isJsonObject(tag) && tag['code'] === subsettedTag.code && tag['system'] === subsettedTag.system,
  )
  const tag = isTagged ? tags : [...tags, { ...subsettedTag }]
  return {
    ...(resourceType !== undefined && { resourceType }),
    ...(id !== undefined && { id }),
    ...(_id !== undefined && { _id }),
    meta: { ...(isJsonObject(meta) && meta), tag },
    ...elements,
  }
}
