/**
 * Finds the links of a resource where the definitions allow any, extensions and contained resources included, so that
 * a transaction can point them at what it has stored. https://hl7.org/fhir/R4/http.html#trules
 */
import type { Definitions, Property } from '../definitions.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'

/** Assigning to `holder[key]` replaces the link. In a list of URIs the holder is the list, the key an index. */
export type VisitLink = (holder: JsonObject, key: string, value: string) => void

/**
 * Visits every `Reference.reference` of a resource and of the resources in it. With `urns`, also the values of type
 * uri, url, canonical, oid and uuid that are `urn:uuid:` or `urn:oid:`. What is not where it belongs is passed over.
 */
export function forEachReference(
  resource: JsonObject,
  definitions: Definitions,
  visit: VisitLink,
  options: { readonly urns?: boolean } = {},
): void {
  walkResource({ tables: tablesFor(definitions), visit, urns: options.urns === true }, resource)
}

interface Walk {
  readonly tables: Tables
  readonly visit: VisitLink
  readonly urns: boolean
}

interface Tables {
  readonly definitions: Definitions
  readonly byType: Map<string, LinkTable>
}

/** How to go on from each property that can lead to a link. */
type LinkTable = Map<string, Step>
type Step = (walk: Walk, value: JsonValue, holder: JsonObject, key: string) => void

const compiled = new WeakMap<Definitions, Tables>()
const uriTypes = new Set(['uri', 'url', 'canonical', 'oid', 'uuid'])

function tablesFor(definitions: Definitions): Tables {
  const known = compiled.get(definitions)
  if (known) return known
  const tables: Tables = { definitions, byType: new Map() }
  compiled.set(definitions, tables)
  return tables
}

function walkResource(walk: Walk, resource: JsonObject): void {
  const type = resource['resourceType']
  const known = typeof type === 'string' && walk.tables.definitions.isResourceType(type)
  if (known) walkObject(walk, tableOf(walk.tables, type), resource)
}

function walkObject(walk: Walk, table: LinkTable, object: JsonObject): void {
  for (const key in object) table.get(key)?.(walk, object[key]!, object, key)
}

/** Types refer to each other in circles: a table is known before it is filled. */
function tableOf(tables: Tables, type: string): LinkTable {
  const known = tables.byType.get(type)
  if (known) return known
  const table: LinkTable = new Map()
  tables.byType.set(type, table)
  for (const property of tables.definitions.properties(type)?.values() ?? []) addSteps(tables, table, property)
  if (type === 'Reference') table.set('reference', visitText)
  return table
}

function addSteps(tables: Tables, table: LinkTable, property: Property): void {
  const { name, type, primitive } = property
  if (primitive) {
    const element = tableOf(tables, type.code)
    table.set(
      `_${name}`,
      each((walk, object) => walkObject(walk, element, object)),
    )
    if (uriTypes.has(type.code)) table.set(name, visitUrns)
  } else if (tables.definitions.types.get(type.code)?.kind === 'resource') {
    table.set(name, each(walkResource))
  } else {
    const element = tableOf(tables, type.code)
    table.set(
      name,
      each((walk, object) => walkObject(walk, element, object)),
    )
  }
}

/** Applies a step to an object, or to each object of a list. */
function each(step: (walk: Walk, object: JsonObject) => void): Step {
  return (walk, value) => {
    if (!Array.isArray(value)) {
      if (isJsonObject(value)) step(walk, value)
      return
    }
    for (const item of value) if (isJsonObject(item)) step(walk, item)
  }
}

function visitText(walk: Walk, value: JsonValue, holder: JsonObject, key: string): void {
  if (typeof value === 'string') walk.visit(holder, key, value)
}

function visitUrns(walk: Walk, value: JsonValue, holder: JsonObject, key: string): void {
  if (!walk.urns) return
  if (Array.isArray(value)) {
    const list = value as unknown as JsonObject
    for (let index = 0; index < value.length; index++) visitUrns(walk, value[index]!, list, String(index))
  } else if (typeof value === 'string' && (value.startsWith('urn:uuid:') || value.startsWith('urn:oid:'))) {
    walk.visit(holder, key, value)
  }
}
