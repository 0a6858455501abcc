/** Finds references that lead nowhere. */
import type { Context } from '../context.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import { parseReference } from '../fhir/reference.ts'
import { existing } from '../store/fsck.ts'

/** How many references in these resources lead to resources of this server that are not there. */
export async function danglingReferences(resources: readonly JsonObject[], context: Context): Promise<number> {
  const { definitions, indexes, store, base } = context
  const references = resources.flatMap((resource) => referencesIn(resource)).map((text) => parseReference(text, base))
  const known = references.flatMap((reference) =>
    reference.kind === 'relative' && definitions.isResourceType(reference.type)
      ? [{ type: reference.type, key: String(indexes.terms.key(reference.type, reference.id)) }]
      : [],
  )
  let dangling = 0
  for (const [type, targets] of Map.groupBy(known, (target) => target.type)) {
    const there = await existing(store.db, type, [...new Set(targets.map(({ key }) => key))])
    dangling += targets.filter(({ key }) => !there.has(key)).length
  }
  return dangling
}

function referencesIn(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isJsonObject(value)) return []
  const own = value['reference']
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(value).flatMap(referencesIn)]
}
