/** What is stored and claims a profile, or has an extension, of packages that are about to be installed. */
import { openAccess } from '../access/access.ts'
import type { Context } from '../context.ts'
import type { CanonicalsInForce } from '../fhir/conformance/in-force.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseStored } from '../fhir/json.ts'
import { widerVersions } from '../fhir/search/canonical.ts'
import { forms } from '../fhir/search/forms.ts'
import { findByTerms } from '../store/find-by-term.ts'
import { contentsWith } from '../store/find-by-text.ts'
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
  /** The profile that it claims, or the definition of the extension that it has. */
  readonly profile: string
  readonly reasons: readonly string[]
}

interface ConcernedOptions {
  readonly validate?: ValidateStored
  readonly report?: (share: number) => void
}

/** Of one profile, and of the extensions of one type, no more are looked at. */
const mostResources = 10_000
const batch = 100

export async function concernedBy(
  packages: readonly OpenedPackage[],
  canonicals: { readonly before: CanonicalsInForce; readonly after: CanonicalsInForce },
  context: Context,
  { validate, report = () => {} }: ConcernedOptions,
): Promise<{ count: number; stopping: StoppingResource[] }> {
  const stopping: StoppingResource[] = []
  const seen = new Set<string>()
  for await (const { resource, profile } of concerned(packages, context, report)) {
    const reference = `${resource['resourceType']}/${resource['id']}`
    if (seen.has(reference)) continue
    seen.add(reference)
    const reasons = validate ? await validate(resource, canonicals.after) : []
    if (reasons.length === 0 || (await validate!(resource, canonicals.before)).length > 0) continue
    stopping.push({ reference, profile, reasons })
  }
  report(1)
  return { count: seen.size, stopping }
}

interface Concerned {
  readonly resource: JsonObject
  readonly profile: string
}

async function* concerned(
  packages: readonly OpenedPackage[],
  context: Context,
  report: (share: number) => void,
): AsyncGenerator<Concerned> {
  const profiles = profilesOf(packages, context)
  const urls = extensionsOf(packages)
  const types = urls.size > 0 ? context.definitions.resourceTypes : []
  const parts = profiles.length + types.length
  for (const [i, { url, type, claimed }] of profiles.entries()) {
    report(i / parts)
    for await (const resource of claiming(type, claimed, context)) yield { resource, profile: url }
  }
  for (const [i, type] of types.entries()) {
    report((profiles.length + i) / parts)
    yield* extended(type, urls, context)
  }
}

function extensionsOf(packages: readonly OpenedPackage[]): ReadonlySet<string> {
  const urls = packages.flatMap(({ resources }) =>
    resources.places
      .filter((place) => place.type === 'StructureDefinition' && resources.resource(place)['type'] === 'Extension')
      .map(({ url }) => url),
  )
  return new Set(urls)
}

/** An extension counts whether a profile is claimed or not; no index knows of it. */
async function* extended(type: string, urls: ReadonlySet<string>, { store }: Context): AsyncGenerator<Concerned> {
  const beginnings = new Set(
    [...urls].map((url) => JSON.stringify(url.slice(0, url.lastIndexOf('/') + 1)).slice(1, -1)),
  )
  const texts = [...beginnings].map((beginning) => `"url":"${beginning}`)
  let left = mostResources
  for await (const content of contentsWith(store.database, openAccess, type, texts)) {
    const resource = parseStored(content)
    const profile = extensionIn(resource, urls)
    if (profile === undefined) continue
    yield { resource, profile }
    if (--left === 0) return
  }
}

/** The first of the extensions that a value has, however deep. */
function extensionIn(value: JsonValue, urls: ReadonlySet<string>): string | undefined {
  const members = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : []
  for (const member of members) {
    if (typeof member !== 'object' || member === null) continue
    const found = extensionIn(member, urls)
    if (found !== undefined) return found
  }
  const url = isJsonObject(value) ? value['url'] : undefined
  return typeof url === 'string' && urls.has(url) ? url : undefined
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
