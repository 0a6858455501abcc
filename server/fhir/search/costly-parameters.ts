/** Search parameters that are being built and turn out to be too expensive to evaluate at every write. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import type { SearchPath } from './path.ts'
import type { IndexedParameter } from './search-index.ts'
import type { SearchIndexes } from './search-indexes.ts'

/**
 * The URLs of parameters in building whose expressions take too many steps on a resource, or on one that it contains. What
 * was found when the same object was indexed is known still.
 */
export function costlyParameters(resource: JsonObject, { index }: Pick<SearchIndexes, 'index'>): string[] {
  const contained = Array.isArray(resource['contained']) ? resource['contained'].filter(isJsonObject) : []
  return [resource, ...contained].flatMap((part) => {
    const { building } = index(part['resourceType'] as string)
    return [...building.values()].filter((parameter) => isCostly(parameter, part)).map(({ url }) => url)
  })
}

function isCostly({ paths, composite = [] }: IndexedParameter, resource: JsonObject): boolean {
  let costly = false
  const tooCostly = () => {
    costly = true
  }
  const look = (paths: readonly SearchPath[], node: JsonValue) => {
    if (isJsonObject(node)) for (const path of paths) path.extract(node, () => {}, tooCostly)
  }
  look(paths, resource)
  for (const { base, components } of composite) {
    base.extract(resource, (instance) => {
      for (const { paths, fromResource } of components) look(paths, fromResource ? resource : instance)
    })
  }
  return costly
}
