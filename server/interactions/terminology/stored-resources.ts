/** CodeSystems, ValueSets and ConceptMaps that clients stored, by url. */
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { canonicalTerm } from '../../fhir/search/canonical.ts'
import { forms } from '../../fhir/search/forms.ts'
import type { SearchPath } from '../../fhir/search/path.ts'
import type { TerminologyType } from '../../fhir/terminology/facts.ts'
import { findByTerms } from '../../store/find-by-term.ts'
import { contentsByKey } from '../../store/search.ts'
import { valueSetsByUrl } from '../../store/terminology/value-sets.ts'

type StoredType = TerminologyType | 'Questionnaire'

/** One look-up: resources of a type whose search parameter has a uri. */
export interface UriSearch {
  readonly type: StoredType
  readonly parameter: 'url' | 'supplements' | 'source-system' | 'target-system'
  readonly uri: string
}

/** Resources with one url, or of one map's system, that are looked at. */
const most = 200

/** What is stored for each search, in order; two statements per type at most. */
export async function findStored(searches: readonly UriSearch[], context: Context): Promise<JsonObject[][]> {
  const [found, released] = await Promise.all([findResources(searches, context), findReleased(searches, context)])
  return found.map((resources, i) => [...(released.get(searches[i]!) ?? []), ...resources])
}

/** Value sets that came with imported releases: what clients store with the same url and version goes before them. */
async function findReleased(searches: readonly UriSearch[], { store }: Context): Promise<Map<UriSearch, JsonObject[]>> {
  const asked = searches.filter(({ type, parameter }) => type === 'ValueSet' && parameter === 'url')
  if (asked.length === 0) return new Map()
  const urls = asked.map(({ uri }) => uri)
  const rows = await valueSetsByUrl(store.db, urls)
  return new Map(
    asked.map((search) => [
      search,
      rows.filter(({ url }) => url === search.uri).map(({ content }) => parseStored(content)),
    ]),
  )
}

async function findResources(searches: readonly UriSearch[], context: Context): Promise<JsonObject[][]> {
  const found: JsonObject[][] = searches.map(() => [])
  const types = [...new Set(searches.map(({ type }) => type))]
  await Promise.all(
    types.map(async (type) => {
      const positions = searches.flatMap((search, i) => (search.type === type ? [i] : []))
      const terms = positions.map((i) => termsOf(searches[i]!, context))
      const { db } = context.store
      const matches = await findByTerms(db, context.access, type, [...new Set(terms.flat())], most)
      const resources = await contentsOf(type, [...matches.values()].flat(), context)
      positions.forEach((position, i) => {
        const keys = new Set(terms[i]!.flatMap((term) => matches.get(term) ?? []).map(({ key }) => key))
        found[position] = [...keys].flatMap((key): JsonObject[] => {
          const resource = resources.get(key)
          return resource ? [resource] : []
        })
      })
    }),
  )
  return found
}

function termsOf({ type, parameter, uri }: UriSearch, { indexes }: Context): bigint[] {
  const found = indexes.index(type).parameters.get(parameter)
  const term = (path: SearchPath) =>
    found!.type === 'reference'
      ? canonicalTerm(path, uri, indexes.terms)
      : indexes.terms.term(path.tweak, forms.uri(uri))
  return (found?.paths ?? []).map(term)
}

async function contentsOf(
  type: StoredType,
  matches: readonly { readonly key: bigint; readonly version: number }[],
  { terminologyCache, store, access }: Context,
): Promise<Map<bigint, JsonObject>> {
  const resources = new Map<bigint, JsonObject>()
  const missing = matches.filter(({ key, version }) => {
    const known = terminologyCache.resources.get(`${type}/${key}/${version}`)
    if (known) resources.set(key, known)
    return !known
  })
  if (missing.length === 0) return resources
  const contents = await contentsByKey(
    store.db,
    access,
    missing.map(({ key }) => ({ type, key })),
  )
  for (const { key, version } of missing) {
    const content = contents.get(key)
    const resource = content === undefined ? undefined : parseStored(content)
    if (!resource) continue
    resources.set(key, resource)
    // Between the two statements it may have changed.
    const meta = resource['meta'] as JsonObject
    if (meta['versionId'] === String(version)) terminologyCache.resources.set(`${type}/${key}/${version}`, resource)
  }
  return resources
}
