/** Resources wherever they occur: at the root, contained, in the entries of a Bundle, in Parameters. */
import type { JsonObject, JsonValue } from '../json.ts'
import { isJsonObject } from '../json.ts'
import { didYouMean } from '../nearest.ts'
import { checkElements } from './elements.ts'
import type { Walk } from './walk.ts'
import { isFull, quoted, report, shapeOf } from './walk.ts'

/** Checks a resource at the walk's path that stands on its own: its `#` references mean what it contains. */
export function checkResource(walk: Walk, resource: JsonObject): void {
  const { container, containedTypes, contained, transaction } = walk
  walk.container = resource
  walk.containedTypes = undefined
  walk.contained = false
  if (resource['resourceType'] === 'Bundle') walk.transaction = resource['type'] === 'transaction'
  checkByType(walk, resource)
  walk.container = container
  walk.containedTypes = containedTypes
  walk.contained = contained
  walk.transaction = transaction
}

/** What a contained resource may not have. https://hl7.org/fhir/R4/domainresource.html#invs */
const notInContained: readonly (readonly [holder: string | undefined, element: string])[] = [
  [undefined, 'contained'],
  ['meta', 'versionId'],
  ['meta', 'lastUpdated'],
  ['meta', 'security'],
]

/** Checks a resource at the walk's path that is contained in `walk.container`. */
export function checkContained(walk: Walk, resource: JsonObject): void {
  if (walk.contained) return
  walk.contained = true
  checkByType(walk, resource)
  walk.contained = false

  if (!Object.hasOwn(resource, 'id')) report(walk, 'missing-element', { element: 'id' }, 'id')
  for (const [holder, element] of notInContained) {
    const object: JsonValue | undefined = holder === undefined ? resource : resource[holder]
    if (!isJsonObject(object) || !Object.hasOwn(object, element)) continue
    const place = holder === undefined ? [element] : [holder, element]
    report(walk, 'misplaced-element', { element, place: 'a contained resource' }, ...place)
  }
}

function checkByType(walk: Walk, resource: JsonObject): void {
  const type = resource['resourceType']
  const table = typeof type === 'string' ? walk.tableOf(type) : undefined
  if (table) checkElements(walk, table, resource, true)
  else reportType(walk, type)
}

function reportType(walk: Walk, type: JsonValue | undefined): void {
  const element = 'resourceType'
  if (type === undefined) report(walk, 'missing-element', { element }, element)
  else if (typeof type !== 'string') {
    report(walk, 'wrong-shape', { element, expected: 'a string', actual: shapeOf(type) }, element)
  } else if (!isFull(walk)) {
    const near = didYouMean(type, walk.definitions.resourceTypes)
    report(walk, 'unknown-inner-type', { type: quoted(type), nearest: near })
  }
}
