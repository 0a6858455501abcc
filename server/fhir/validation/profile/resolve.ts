/** Finds what a reference means among the resources that were sent. https://hl7.org/fhir/R4/bundle.html#references */
import { spendFor } from '../../fhirpath/native/budget.ts'
import type { JsonObject } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { objects, text } from './element-tree.ts'
import type { Scope, Visit } from './visit.ts'
import { scopeWithin } from './visit.ts'

/** An entry of a Bundle that has a resource. */
export interface Entry {
  readonly index: number
  readonly fullUrl: string | undefined
  readonly resource: JsonObject
}

const restful = /^(.*\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/
const relative = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/

/** The resource; undefined where it is not to be had. */
export function resolveReference(visit: Visit, reference: string): JsonObject | undefined {
  const { scope } = visit
  visit.spend()
  if (reference.startsWith('#')) return containedResource(visit, reference.slice(1))
  let inner: Scope = scope
  for (let outer: Scope | undefined = scope; outer; outer = outer.parent) {
    const found = inEnclosing(outer.resource, reference, baseUrlOf(inner.fullUrl, inner.resource))
    if (found) return found
    inner = outer
  }
  return visit.resolve(reference)
}

function inEnclosing(resource: JsonObject, reference: string, fullUrl: string | undefined): JsonObject | undefined {
  if (resource['resourceType'] === 'Bundle') return findEntries(resource, reference, fullUrl)[0]?.resource
  if (resource['resourceType'] === 'Parameters') return inParameters(resource['parameter'], reference)
  return undefined
}

/** The resource that contains those that `#id` may mean. */
export function containerOf(scope: Scope): Scope {
  return scope.contained && scope.parent ? containerOf(scope.parent) : scope
}

function containedResource(visit: Visit, id: string): JsonObject | undefined {
  const container = containerOf(visit.scope)
  const { resource } = container
  if (id === '') return resource
  const contained = objects(resource['contained'])
  spendFor(visit.spend, contained.length)
  const found = contained.find((one) => one['id'] === id)
  if (found) scopeWithin(visit, container, found, { contained: true, fullUrl: undefined })
  return found
}

const indexes = new WeakMap<JsonObject, ReadonlyMap<string, readonly Entry[]>>()

/** The entries of a Bundle that a reference in the entry `fullUrl` means. */
export function findEntries(bundle: JsonObject, reference: string, fullUrl: string | undefined): readonly Entry[] {
  const [plain, version] = reference.split('#')[0]!.split('/_history/')
  const url = absoluteUrl(plain!, fullUrl)
  const entries = (url !== undefined && entriesByUrl(bundle).get(url)) || []
  return version === undefined ? entries : entries.filter(({ resource }) => versionOf(resource) === version)
}

/** A relative reference is relative to the server of the entry that it is in. */
export function absoluteUrl(reference: string, fullUrl: string | undefined): string | undefined {
  if (!relative.test(reference)) return reference
  const base = fullUrl === undefined ? undefined : restful.exec(fullUrl)?.[1]
  return base === undefined ? undefined : base + reference
}

/** The URL that references in an entry are relative to: a REST server's only with the resource's own id in it. */
export function baseUrlOf(fullUrl: string | undefined, resource: JsonObject): string | undefined {
  const parts = fullUrl === undefined ? undefined : restfulParts(fullUrl)
  return parts && parts.id !== resource['id'] ? undefined : fullUrl
}

/** The parts of a RESTful URL. */
export function restfulParts(url: string): { readonly type: string; readonly id: string } | undefined {
  const [, , type, id] = restful.exec(url) ?? []
  return type === undefined ? undefined : { type, id: id! }
}

function entriesByUrl(bundle: JsonObject): ReadonlyMap<string, readonly Entry[]> {
  let index = indexes.get(bundle)
  if (!index) {
    index = Map.groupBy(
      entriesOf(bundle).filter(({ fullUrl }) => fullUrl !== undefined),
      ({ fullUrl }) => fullUrl!,
    )
    indexes.set(bundle, index)
  }
  return index
}

/** The entries that have a resource. */
export function entriesOf(bundle: JsonObject): Entry[] {
  const list = Array.isArray(bundle['entry']) ? bundle['entry'] : []
  return list.flatMap((entry, index) => {
    if (!isJsonObject(entry) || !isJsonObject(entry['resource'])) return []
    const fullUrl = text(entry['fullUrl'])
    return [{ index, fullUrl: fullUrl === '' ? undefined : fullUrl, resource: entry['resource'] }]
  })
}

function versionOf(resource: JsonObject): string {
  return isJsonObject(resource['meta']) ? text(resource['meta']['versionId']) : ''
}

function inParameters(parameters: unknown, reference: string): JsonObject | undefined {
  for (const parameter of Array.isArray(parameters) ? parameters.filter(isJsonObject) : []) {
    const resource = parameter['resource']
    if (isJsonObject(resource) && `${text(resource['resourceType'])}/${text(resource['id'])}` === reference) {
      return resource
    }
    const found = inParameters(parameter['part'], reference)
    if (found) return found
  }
  return undefined
}
