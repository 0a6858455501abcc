/**
 * Paths of FHIRPath Patch to locations. Most are plain, such as `Patient.name[0].given`, and are followed here; all
 * others go to the full language, which costs a parser. https://hl7.org/fhir/R4/fhirpatch.html
 */
import type { Definitions } from '../definitions.ts'
import type { Location, Meter } from '../fhirpath.ts'
import { compile } from '../fhirpath.ts'
import type { JsonObject } from '../json.ts'
import { jsonSize } from '../json-value.ts'
import { insideAt, placeIn, readItems } from './elements.ts'

const plain = /^([A-Za-z]+|\$this)(?:\.[a-z]\w*(?:\[\d{1,9}\])*)*$/
/** Steps of the meter that it takes to parse one character of a path. */
const stepsPerCharacter = 10
/** How many characters of a resource the full language reads at its start, for one step of the meter. */
const charactersPerStep = 200
const maxSize = 100_000_000

/** Finds the elements that a path names; undefined for a result that is no part of the resource. */
export type Path = (resource: JsonObject, definitions: Definitions) => (Location | undefined)[]

/** Reads a path. Throws `invalid-parameters`, and so does the result where the path cannot be evaluated. */
export function readPath(path: string, meter: Meter): Path {
  const root = plain.exec(path)?.[1]
  if (root === undefined) meter(path.length * stepsPerCharacter)
  const compiled = root === undefined ? compile(path, { meter }) : undefined
  return (resource, definitions) => {
    if (root === '$this' || (root !== undefined && root === resource['resourceType'])) {
      return follow(path.slice(root.length), resource, { definitions, meter }).filter(isElement)
    }
    meter(jsonSize(resource, maxSize) / charactersPerStep)
    const locations = (compiled ?? compile(path, { meter })).locate(resource)
    return locations.map((location) => (location && isElement(location) ? location : undefined))
  }
}

/** JSON has properties that are no elements, and the library finds them. */
function isElement(location: Location): boolean {
  return location.every(({ name }) => name !== 'resourceType' && !name.startsWith('_'))
}

function follow(
  steps: string,
  resource: JsonObject,
  { definitions, meter }: { definitions: Definitions; meter: Meter },
): Location[] {
  let found: Location[] = [[]]
  for (const [, name, position] of steps.matchAll(/\.(\w+)|\[(\d+)\]/g)) {
    found =
      name === undefined
        ? found.slice(Number(position), Number(position) + 1)
        : found.flatMap((location) => children(location, name, resource, definitions))
    meter(1 + found.length)
  }
  return found
}

function children(location: Location, name: string, resource: JsonObject, definitions: Definitions): Location[] {
  const inside = insideAt(resource, location, definitions)
  if (!inside) return []
  const { holder, key } = placeIn(inside, { name }, definitions)
  const items = readItems(holder, key)
  return Array.isArray(holder[key] ?? holder[`_${key}`])
    ? items.map((_, index) => [...location, { name, index }])
    : items.map(() => [...location, { name }])
}
