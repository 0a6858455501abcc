/** Bundles of invented patients, as a server would hold them after loading. https://github.com/synthetichealth/synthea */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Resource } from './world.ts'

interface BundleShape {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[]
}

interface IdentifierShape {
  readonly system?: string
  readonly value?: string
}

export interface SyntheaOptions {
  /** How many patients to keep, the smallest records first; all by default. */
  readonly patients?: number
  /** When the first resource was written; each later one a second later. */
  readonly lastUpdated?: number
}

/** Reads the bundles of a folder, resolves what they refer to, and adds versions. */
export function loadSynthea(folder: string, options: SyntheaOptions = {}): Resource[] {
  const bundles = chooseBundles(folder, options.patients ?? Infinity).map(readBundle)
  const entries = bundles.flatMap((bundle) => bundle.entry)
  const targets = new Map<string, string>()
  for (const { fullUrl, resource } of entries) {
    const key = `${resource.resourceType}/${resource.id}`
    targets.set(fullUrl, key)
    for (const { system, value } of (resource['identifier'] ?? []) as IdentifierShape[]) {
      targets.set(`${resource.resourceType}?identifier=${system}|${value}`, key)
    }
  }
  const start = options.lastUpdated ?? Date.UTC(2024, 0, 1)
  const resources = entries.map(({ resource }) => rewriteReferences(resource, targets) as Resource)
  return resources.map((resource, i) => withVersion(resource, start + i * 1000))
}

/** A resource with version 1 and a time. */
export function withVersion(resource: Resource, lastUpdated: number): Resource {
  const meta = { ...(resource['meta'] as object), versionId: '1', lastUpdated: new Date(lastUpdated).toISOString() }
  const { resourceType, id, ...elements } = resource
  return { resourceType, id, ...elements, meta }
}

/** Hospitals and practitioners are referred to by all. */
function chooseBundles(folder: string, patients: number): string[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json.gz'))
    .sort()
    .map((file) => ({ path: join(folder, file), shared: /^0-(hospital|practitioner)/.test(file) }))
  const records = files.filter(({ shared }) => !shared).map(({ path }) => ({ path, size: readFileSync(path).length }))
  const chosen = records.sort((left, right) => left.size - right.size).slice(0, patients)
  return [...files.filter(({ shared }) => shared), ...chosen].map(({ path }) => path)
}

function readBundle(path: string): BundleShape {
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as BundleShape
}

function rewriteReferences(value: unknown, targets: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => rewriteReferences(item, targets))
  const entries = Object.entries(value).map(([name, item]) => {
    const target = name === 'reference' && typeof item === 'string' ? targets.get(item) : undefined
    return [name, target ?? rewriteReferences(item, targets)]
  })
  return Object.fromEntries(entries)
}
