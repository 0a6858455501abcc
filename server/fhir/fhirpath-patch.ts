/**
 * FHIRPath Patch: a Parameters resource that adds, inserts, deletes, replaces and moves the elements of a resource.
 * https://hl7.org/fhir/R4/fhirpatch.html
 */
import type { Definitions, Property } from './definitions.ts'
import { splitLastName } from './fhirpath/expression.ts'
import { ExpressionError } from './fhirpath/expression-error.ts'
import type { Location, Meter } from './fhirpath.ts'
import { createMeter } from './fhirpath.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { maxDepth } from './json.ts'
import { copyJson, isDeeper } from './json-value.ts'
import { OutcomeError } from './outcome.ts'
import type { Item, Place } from './patch/elements.ts'
import {
  insideOf,
  isList,
  openInside,
  placeIn,
  placesOf,
  readItems,
  removeElement,
  rootOf,
  variantsOf,
  writeItems,
} from './patch/elements.ts'
import type { OperationType, PatchOperation } from './patch/operation.ts'
import { readPatchOperations } from './patch/operation.ts'
import { readPath } from './patch/path.ts'
import { fitValue } from './patch/value.ts'

/** All paths of one patch together may take a few tenths of a second. */
const maxSteps = 1_000_000

interface Patching {
  readonly resource: JsonObject
  readonly definitions: Definitions
  readonly meter: Meter
}

const apply: Readonly<Record<OperationType, (operation: PatchOperation, patching: Patching) => void>> = {
  add,
  insert,
  delete: remove,
  replace,
  move,
}

/** Applies a patch to a copy of the resource: all operations, in order, or none. Throws `invalid-patch` or `patch-failed`. */
export function applyFhirPathPatch(resource: JsonObject, patch: JsonValue, definitions: Definitions): JsonObject {
  const meter = createMeter(maxSteps)
  const operations = readPatchOperations(patch, meter)
  const patching: Patching = { resource: copyJson(resource), definitions, meter }
  for (const operation of operations) apply[operation.type](operation, patching)
  // What could not have been sent in one body must not be built in steps: every walker recurses.
  if (isDeeper(patching.resource, maxDepth)) {
    throw new OutcomeError('patch-failed', { reason: `The result is nested deeper than ${maxDepth} levels.` })
  }
  return patching.resource
}

function add(operation: PatchOperation, patching: Patching): void {
  const { resource, definitions } = patching
  const parent = placesOf(resource, onlyLocation(operation, patching), definitions).at(-1)
  const inside = parent ? openInside(parent, definitions) : rootOf(resource)
  const variants = variantsOf(inside.type, operation.name, definitions)
  if (variants.length === 0) throw operation.failed(`'${operation.name}' is not an element of ${inside.type}`)

  const present = variants.flatMap((variant) => readItems(inside.holder, variant.name))
  const { property, item } = fitValue(variants, { operation, definitions })
  if (present.length > 0 && !property.many) {
    throw operation.failed(`'${operation.name}' has a value already; use replace`)
  }
  writeItems({ ...inside, key: property.name }, [...present, item], property.many, definitions)
}

function insert(operation: PatchOperation, patching: Patching): void {
  const { place, items, variants } = listAt(operation, patching)
  const { definitions } = patching
  checkIndex(operation.index, items.length, 'index', operation)
  const { item } = fitValue(variants, { operation, definitions })
  writeItems(place, items.toSpliced(operation.index, 0, item), true, definitions)
}

/** What is not there need not be deleted. */
function remove(operation: PatchOperation, patching: Patching): void {
  const { resource, definitions } = patching
  const locations = locationsOf(operation, patching)
  if (locations.length === 0) return
  const location = onlyLocation(operation, patching, locations)
  if (location.length === 0) throw operation.failed('the resource itself cannot be deleted by a patch')
  removeElement(placesOf(resource, location, definitions), definitions)
}

function replace(operation: PatchOperation, patching: Patching): void {
  const { resource, definitions } = patching
  const location = onlyLocation(operation, patching)
  const place = placesOf(resource, location, definitions).at(-1)
  if (!place) throw operation.failed('the resource itself cannot be replaced by a patch')

  const variants = variantsOfPlace(place, operation, definitions)
  const { property, item } = fitValue(variants, { operation, definitions })
  const items = readItems(place.holder, place.key).with(place.index ?? 0, item)
  // A choice whose type changes is another property.
  if (property.name !== place.key) writeItems(place, [], false, definitions)
  writeItems({ ...place, key: property.name }, items, property.many, definitions)
}

function move(operation: PatchOperation, patching: Patching): void {
  const { place, items } = listAt(operation, patching)
  const { source, destination } = operation
  checkIndex(source, items.length - 1, 'source', operation)
  checkIndex(destination, items.length - 1, 'destination', operation)
  const moved = items.toSpliced(source, 1).toSpliced(destination, 0, items[source]!)
  writeItems(place, moved, true, patching.definitions)
}

interface List {
  readonly place: Place
  readonly items: readonly Item[]
  readonly variants: readonly Property[]
}

/** The whole list that a path names: all elements of one name in one place, or none yet. */
function listAt(operation: PatchOperation, patching: Patching): List {
  const { resource, definitions } = patching
  const locations = locationsOf(operation, patching)
  const place = locations[0] ? placesOf(resource, locations[0], definitions).at(-1) : emptyListAt(operation, patching)
  if (!place) throw operation.failed('the path must name a list, but names the resource')

  const variants = variantsOfPlace(place, operation, definitions)
  if (!isList(place, definitions)) throw operation.failed(`'${place.key}' is not a list`)
  const items = readItems(place.holder, place.key)
  const named = locations.map((location) => placesOf(resource, location, definitions).at(-1))
  const isWhole =
    named.length === items.length &&
    named.every((other, i) => other?.holder === place.holder && other.key === place.key && other.index === i)
  if (!isWhole) throw operation.failed('the path must name one whole list')
  return { place, items, variants }
}

function emptyListAt(operation: PatchOperation, patching: Patching): Place | undefined {
  const { resource, definitions } = patching
  const split = splitLastName(operation.path)
  const parents = split ? locationsOf(operation, patching, readPath(split.parent, patching.meter)) : []
  if (!split || parents.length !== 1) throw operation.failed('the path names nothing')
  const parent = placesOf(resource, parents[0]!, definitions).at(-1)
  const inside = parent ? insideOf(parent, definitions) : rootOf(resource)
  return inside && placeIn(inside, { name: split.name }, definitions)
}

function variantsOfPlace(place: Place, operation: PatchOperation, definitions: Definitions): readonly Property[] {
  const own = place.type === undefined ? undefined : definitions.properties(place.type)?.get(place.key)
  const variants = own ? variantsOf(place.type, own.element.name, definitions) : []
  if (variants.length === 0) throw operation.failed(`'${place.key}' is not an element of ${place.type}`)
  return variants
}

function onlyLocation(
  operation: PatchOperation,
  patching: Patching,
  locations = locationsOf(operation, patching),
): Location {
  const [location, ...others] = locations
  if (!location) throw operation.failed('the path names nothing')
  if (others.length > 0) throw operation.failed(`the path must name one element, but names ${locations.length}`)
  return location
}

function locationsOf(operation: PatchOperation, patching: Patching, path = operation.locate): Location[] {
  const { resource, definitions } = patching
  const locations = attempt(operation, () => path(resource, definitions))
  return locations.map((location) => {
    if (!location) throw operation.failed('the path names a value that is no element of the resource')
    return location
  })
}

/** Faults of an evaluation are those of the operation that needs it. */
function attempt<T>(operation: PatchOperation, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof OutcomeError || error instanceof ExpressionError)) throw error
    throw operation.failed(error.message.replace(/\.$/, ''))
  }
}

function checkIndex(index: number, last: number, name: string, operation: PatchOperation): void {
  if (index > last) throw operation.failed(`its ${name} ${index} is past the end of the list, which is ${last}`)
}
