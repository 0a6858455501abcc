/** Orders resources so that each comes after everything it refers to: a loader may store them one by one. */
import type { Resource } from '@medplum/fhirtypes'

/** Stable; throws where resources refer to each other in a circle or an id occurs twice. */
export function inStoreOrder(resources: readonly Resource[]): Resource[] {
  const byPath = new Map<string, Resource>()
  for (const resource of resources) {
    const path = `${resource.resourceType}/${resource.id}`
    if (byPath.has(path)) throw new Error(`${path} occurs twice`)
    byPath.set(path, resource)
  }

  const placed: Resource[] = []
  const state = new Map<string, 'open' | 'placed'>()
  const place = (path: string, resource: Resource) => {
    if (state.get(path) === 'placed') return
    if (state.get(path) === 'open') throw new Error(`${path} refers to itself in a circle`)
    state.set(path, 'open')
    for (const target of referencesIn(resource)) {
      const other = byPath.get(target)
      if (other && target !== path) place(target, other)
    }
    state.set(path, 'placed')
    placed.push(resource)
  }
  for (const [path, resource] of byPath) place(path, resource)
  return placed
}

/** Literal references, and the URLs of attachments that are stored as Binary. */
export function referencesIn(resource: Resource): Set<string> {
  const found = new Set<string>()
  collect(resource, found)
  return found
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    if (typeof member !== 'string') collect(member, found)
    else if (key === 'reference' || (key === 'url' && member.startsWith('Binary/'))) found.add(member)
  }
}
