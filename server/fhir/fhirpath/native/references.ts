/** `resolve()` within a resource and its Bundle. https://hl7.org/fhir/R4/fhirpath.html#functions */
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import type { NativeEnvironment, Plain } from './values.ts'

const relative = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/

/**
 * What a Reference, uri or canonical points at: a contained resource, an entry of the Bundle around, what the caller
 * finds, or else a resource that has a type and an id and nothing more, which is enough for `resolve() is Patient`.
 */
export function resolved(value: Plain | undefined, environment: NativeEnvironment): JsonObject | undefined {
  const reference = isJsonObject(value) ? value['reference'] : value
  if (typeof reference === 'string') {
    const local = reference.startsWith('#') ? contained(reference, environment) : inBundle(reference, environment)
    if (local || reference.startsWith('#')) return local
    const found = environment.resolve?.(reference)
    if (found) return found
  }
  const [, named, id] = (typeof reference === 'string' && relative.exec(reference)) || []
  const type = named ?? (isJsonObject(value) ? value['type'] : undefined)
  return typeof type === 'string' ? { resourceType: type, ...(id !== undefined && { id }) } : undefined
}

function contained(reference: string, { rootResource, resource }: NativeEnvironment): JsonObject | undefined {
  for (const container of [resource, rootResource]) {
    const candidates = container['contained']
    if (reference === '#' && Array.isArray(candidates)) return container
    const found = resources(candidates).find(({ id }) => id === reference.slice(1))
    if (found) return found
  }
  return reference === '#' ? rootResource : undefined
}

function inBundle(reference: string, { rootResource, spend }: NativeEnvironment): JsonObject | undefined {
  if (rootResource['resourceType'] !== 'Bundle') return undefined
  const [whole, type, id] = relative.exec(reference) ?? []
  const isRelative = whole === reference
  for (const entry of resources(rootResource['entry'])) {
    spend()
    const { fullUrl, resource } = entry
    if (!isJsonObject(resource)) continue
    if (fullUrl === reference) return resource
    if (isRelative && resource['resourceType'] === type && resource['id'] === id) return resource
  }
  return undefined
}

function resources(list: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : []
}
