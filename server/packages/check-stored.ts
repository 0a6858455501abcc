/** What is stored and claims a profile of packages that are about to be installed. */
import { openAccess } from '../access/access.ts'
import type { Context } from '../context.ts'
import type { CanonicalsInForce } from '../fhir/conformance/in-force.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { widerVersions } from '../fhir/search/canonical.ts'
import { forms } from '../fhir/search/forms.ts'
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
  for (const [i, { url, type, claimed }] of profiles.entries()) {
    report(i / profiles.length)
    for await (const resource of claiming(type, claimed, context)) {
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

/** The profiles of resources, with the canonicals by which they can be claimed. */
function profilesOf(packages: readonly OpenedPackage[], { definitions }: Context) {
  return packages.flatMap(({ manifest, resources }) =>
    resources.places
      .filter((place) => place.type === 'StructureDefinition')
      .flatMap((place) => {
        const { url, version } = place
        const type = String(resources.resource(place)['type'])
        if (!definitions.isResourceType(type)) return []
        const exact = [...new Set([version, manifest.version])].map((one) => `${url}|${one}`)
        return [{ url, type, claimed: [url, ...exact, ...exact.flatMap(widerVersions)] }]
      }),
  )
}

async function* claiming(type: string, claimed: readonly string[], context: Context): AsyncGenerator<JsonObject> {
  const { indexes, store } = context
  const paths = indexes.index(type).parameters.get('_profile')?.paths ?? []
  const terms = paths.flatMap(({ tweak }) => claimed.map((one) => indexes.terms.term(tweak, forms.uri(one))))
  const matches = await findByTerms(store.database, openAccess, type, terms, mostResources)
  const keys = [...new Set([...matches.values()].flat().map(({ key }) => key))]
  for (let start = 0; start < keys.length; start += batch) {
    const some = keys.slice(start, start + batch).map((key) => ({ type, key }))
    const contents = await contentsByKey(store.database, openAccess, some)
    for (const content of contents.values()) yield parseStored(content)
  }
}
