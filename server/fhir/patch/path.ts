/**
 * Paths of FHIRPath Patch to locations. Most are plain, such as `Patient.name[0].given`, and are followed here; all
 * others go to the full language, which costs a parser. https://hl7.org/fhir/R4/fhirpatch.html
 */
import type { Definitions } from '../definitions.ts'
import type { Location, Meter } from '../fhirpath.ts'
import { compile } from '../fhirpath.ts'
import type { JsonObject } from '../json.ts'
import { jsonSize } from '../json-value.ts'
import type { Inside, Place } from './elements.ts'
import { countItems, insideOf, placeIn, rootOf } from './elements.ts'

const plain = /^([A-Za-z]+|\$this)(?:\.[a-z]\w*(?:\[\d{1,9}\])*)*$/
/** The full language refuses longer ones. */
const maxLength = 4_096
/** Steps of the meter that it takes to parse one character of a path. */
const stepsPerCharacter = 10
/** Steps of the meter that it takes to follow one location by one name. */
const stepsPerLocation = 4
/** How many characters of a resource the full language reads at its start, for one step of the meter. */
const charactersPerStep = 200
const maxSize = 100_000_000

/** Finds the elements that a path names; undefined for a result that is no part of the resource. */
export type Path = (resource: JsonObject, definitions: Definitions) => (Location | undefined)[]

/** Reads a path. Throws `invalid-parameters`, and so does the result where the path cannot be evaluated. */
export function readPath(path: string, meter: Meter): Path {
  const root = path.length <= maxLength ? plain.exec(path)?.[1] : undefined
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

interface Step {
  readonly name?: string
  readonly position?: number
}

/** An element that was found: its location and its place, which the resource itself has not. */
interface Found {
  readonly location: Location
  readonly place?: Place
}

function follow(
  steps: string,
  resource: JsonObject,
  { definitions, meter }: { definitions: Definitions; meter: Meter },
): Location[] {
  let found: Found[] = [{ location: [] }]
  for (const { name, position } of stepsOf(steps)) {
    meter(1 + found.length * stepsPerLocation)
    const insides = found.map(({ place }) => (place ? insideOf(place, definitions) : rootOf(resource)))
    const [only, ...others] = found
    if (only && others.length === 0 && name !== undefined && position !== undefined) {
      found = children(only, insides[0], { name, position }, definitions)
    } else {
      if (name !== undefined) found = found.flatMap((item, i) => children(item, insides[i], { name }, definitions))
      if (position !== undefined) found = found.slice(position, position + 1)
    }
  }
  return found.map(({ location }) => location)
}

/** A position counts among all that was found so far, which is one list only where one element was found before. */
function stepsOf(text: string): Step[] {
  return Array.from(text.matchAll(/(?:\.(\w+))?(?:\[(\d+)\])?/g), ([, name, position]) => ({
    ...(name !== undefined && { name }),
    ...(position !== undefined && { position: Number(position) }),
  }))
}

/** The children of one name, or the one at a position. */
function children(
  { location }: Found,
  inside: Inside | undefined,
  { name, position }: { name: string; position?: number },
  definitions: Definitions,
): Found[] {
  if (!inside) return []
  const place = placeIn(inside, { name }, definitions)
  const { holder, key } = place
  const count = countItems(holder, key)
  if (!Array.isArray(holder[key] ?? holder[`_${key}`])) {
    return count > 0 && (position ?? 0) === 0 ? [{ location: [...location, { name }], place }] : []
  }
  const at = (index: number): Found => ({ location: [...location, { name, index }], place: { ...place, index } })
  if (position !== undefined) return position < count ? [at(position)] : []
  return Array.from({ length: count }, (_, index) => at(index))
}
