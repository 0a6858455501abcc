/** What is stored and claims a profile of packages that are about to be installed. */
import { openAccess } from '../access/access.ts'
import type { Context } from '../context.ts'
import type { CanonicalsInForce } from '../fhir/conformance/in-force.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { canonicalTerm } from '../fhir/search/canonical.ts'
import { findByTerms } from '../store/find-by-term.ts'
import { contentsByKey } from '../store/search.ts'
import type { OpenedPackage } from './open-package.ts'

/** What is wrong with a stored resource by these conformance resources; nothing where it is valid. */
export type ValidateStored = (
  resource: JsonObject,
  canonicals: CanonicalsInForce,
) => readonly string[] | Promise<readonly string[]>

export interface StoppingResource {
  /** `Patient/123`. */
  readonly reference: string
  readonly profile: string
  readonly reasons: readonly string[]
}

interface ClaimOptions {
  readonly validate?: ValidateStored
  readonly report?: (share: number) => void
}

/** Of one profile no more are looked at. */
const mostResources = 10_000
const batch = 100

export async function claimsOf(
  packages: readonly OpenedPackage[],
  canonicals: { readonly before: CanonicalsInForce; readonly after: CanonicalsInForce },
  context: Context,
  { validate, report = () => {} }: ClaimOptions,
): Promise<{ count: number; stopping: StoppingResource[] }> {
  const profiles = profilesOf(packages, context)
  const stopping: StoppingResource[] = []
  const seen = new Set<string>()
  for (const [i, { url, type }] of profiles.entries()) {
    report(i / profiles.length)
    for await (const resource of claiming(type, url, context)) {
      const reference = `${type}/${resource['id']}`
      if (seen.has(reference)) continue
      seen.add(reference)
      const reasons = validate ? await validate(resource, canonicals.after) : []
      if (reasons.length === 0 || (await validate!(resource, canonicals.before)).length > 0) continue
      stopping.push({ reference, profile: url, reasons })
    }
  }
  report(1)
  return { count: seen.size, stopping }
}

function profilesOf(packages: readonly OpenedPackage[], { definitions }: Context) {
  const found = new Map<string, string>()
  for (const { resources } of packages) {
    for (const place of resources.places.filter(({ type }) => type === 'StructureDefinition')) {
      const type = String(resources.resource(place)['type'])
      if (definitions.isResourceType(type)) found.set(place.url, type)
    }
  }
  return [...found].map(([url, type]) => ({ url, type }))
}

async function* claiming(type: string, url: string, context: Context): AsyncGenerator<JsonObject> {
  const { indexes, store } = context
  const paths = indexes.index(type).parameters.get('_profile')?.paths ?? []
  const terms = paths.map((path) => canonicalTerm(path, url, indexes.terms))
  const matches = await findByTerms(store.database, openAccess, type, terms, mostResources)
  const keys = [...new Set([...matches.values()].flat().map(({ key }) => key))]
  for (let start = 0; start < keys.length; start += batch) {
    const some = keys.slice(start, start + batch).map((key) => ({ type, key }))
    const contents = await contentsByKey(store.database, openAccess, some)
    for (const content of contents.values()) yield parseStored(content)
  }
}
