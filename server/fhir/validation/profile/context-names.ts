/** The names under which an extension's context may mean the element that is extended. */
import type { Definitions } from '../../definitions.ts'
import type { JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { propertiesByElement } from './items.ts'
import type { Visit } from './visit.ts'

/** `Patient.name`, `HumanName`, `Element`, … for the parent of the extension that is being looked at. */
export function contextNames(visit: Visit): ReadonlySet<string> {
  const { definitions } = visit.tools
  const elements = elementsBelow(visit)
  const names = new Set<string>(['*', 'Element'])
  const types = typesAlong(definitions, visit, elements)
  types.forEach((type, i) => {
    const rest = elements.slice(i).join('.')
    for (const base of lineage(definitions, type)) names.add(rest === '' ? base : `${base}.${rest}`)
  })
  return names
}

/** The names of the elements from the resource to the parent of the extension. */
function elementsBelow({ path, scope }: Visit): string[] {
  const names: string[] = []
  let depth = path.length
  // Extensions of extensions are about the inner one.
  if (typeof path[depth - 1] === 'number') depth--
  depth--
  for (let i = resourceDepth(path, scope.resource['resourceType']); i < depth; i++) {
    const segment = path[i]!
    if (typeof segment === 'string') names.push(segment)
  }
  return names
}

/** Where the path of the innermost resource ends. */
function resourceDepth(path: readonly (string | number)[], _type: unknown): number {
  for (let i = path.length - 1; i > 0; i--) {
    const segment = path[i]
    if (segment === 'resource') return i + 1
    if (segment === 'contained') return typeof path[i + 1] === 'number' ? i + 2 : i + 1
  }
  return 1
}

/** The type of the resource and of each element on the way. */
function typesAlong(definitions: Definitions, { scope }: Visit, elements: readonly string[]): string[] {
  let type = String(scope.resource['resourceType'])
  let values: readonly JsonValue[] = [scope.resource]
  const types = [type]
  for (const name of elements) {
    const properties = propertiesByElement(definitions, type).get(name) ?? []
    const present = properties.find((property) =>
      values.some((value) => isJsonObject(value) && (property.name in value || `_${property.name}` in value)),
    )
    if (!present) return types
    values = values.flatMap((value) => (isJsonObject(value) ? [value[present.name] ?? []].flat() : []))
    type = present.type.code
    types.push(type)
  }
  return types
}

/** A type, its ancestors, and what a backbone element is. */
function lineage(definitions: Definitions, type: string): string[] {
  if (type.includes('.')) return [type, 'BackboneElement', 'Element']
  const names = [type]
  for (
    let base = definitions.types.get(type)?.base;
    base && names.length < 8;
    base = definitions.types.get(base)?.base
  ) {
    names.push(base)
  }
  return names
}
