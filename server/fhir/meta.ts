/** Profiles, tags and security labels of resources as sets. https://hl7.org/fhir/R4/resource-operation-meta.html */
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts'

const sets = ['profile', 'security', 'tag'] as const

/** `meta` with the profiles, security labels and tags of `added` that it lacks; `meta` itself where it lacks none. */
export function addMeta(meta: JsonObject, added: JsonObject): JsonObject {
  return changeSets(meta, (set, known) => {
    const keys = new Set(known.map(keyOf))
    return [...known, ...uniqueItems(itemsOf(added, set)).filter((item) => !keys.has(keyOf(item)))]
  })
}

/** `meta` without the profiles, security labels and tags of `removed`; `meta` itself where it has none of them. */
export function removeMeta(meta: JsonObject, removed: JsonObject): JsonObject {
  return changeSets(meta, (set, known) => {
    const keys = new Set(itemsOf(removed, set).map(keyOf))
    return known.filter((item) => !keys.has(keyOf(item)))
  })
}

function changeSets(meta: JsonObject, change: (set: string, known: readonly JsonValue[]) => JsonValue[]): JsonObject {
  const changed = { ...meta }
  let differs = false
  for (const set of sets) {
    const known = itemsOf(meta, set)
    const items = change(set, known)
    if (items.length === known.length) continue
    differs = true
    if (items.length > 0) changed[set] = items
    else delete changed[set]
  }
  return differs ? changed : meta
}

function itemsOf(meta: JsonObject, set: string): readonly JsonValue[] {
  const items = meta[set]
  return Array.isArray(items) ? items : []
}

function uniqueItems(items: readonly JsonValue[]): readonly JsonValue[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()]
}

/** Codings are the same when their system and code are, whatever they display. */
function keyOf(item: JsonValue): string {
  return isJsonObject(item) ? JSON.stringify([item['system'] ?? '', item['code'] ?? '']) : JSON.stringify(item)
}
