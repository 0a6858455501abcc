/**
 * Checks a resource against the element model on every write: names, cardinalities, JSON types, primitive values,
 * references, contained resources, narratives. Types are compiled to look-up tables of closures at first use.
 * https://hl7.org/fhir/R4/json.html
 */
import type { Definitions } from '../definitions.ts'
import type { JsonObject } from '../json.ts'
import type { Issue } from '../outcome.ts'
import { tablesFor } from './compile.ts'
import { checkResource } from './resources.ts'
import type { Walk } from './walk.ts'

/**
 * All issues of a resource, at most 100; an empty list when it is well-formed. Never throws. Resources of a transaction
 * may have searches in place of references.
 */
export function validateStructure(
  resource: JsonObject,
  definitions: Definitions,
  { transaction = false }: { readonly transaction?: boolean } = {},
): Issue[] {
  const type = resource['resourceType']
  const walk: Walk = {
    definitions,
    tableOf: tablesFor(definitions),
    issues: [],
    root: typeof type === 'string' && definitions.isResourceType(type) ? type : 'Resource',
    path: [],
    depth: 0,
    container: resource,
    contained: false,
    containedTypes: undefined,
    transaction,
  }
  checkResource(walk, resource)
  return walk.issues
}
