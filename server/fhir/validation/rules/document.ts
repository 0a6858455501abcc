/** Documents and messages: what the first entry refers to is there, and all that is there belongs to it. https://hl7.org/fhir/R4/documents.html */
import type { JsonObject, JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { objects, text } from '../profile/element-tree.ts'
import type { Entry } from '../profile/resolve.ts'
import { baseUrlOf, entriesOf, findEntries } from '../profile/resolve.ts'
import type { Visit } from '../profile/visit.ts'
import { tell } from '../profile/visit.ts'

/** A Bundle whose first entry is of type `head` and leads to all others. */
export function checkDocument(visit: Visit, bundle: JsonObject, head: 'Composition' | 'MessageHeader'): void {
  const entries = entriesOf(bundle)
  const first = entries[0]
  if (first?.index !== 0 || first.resource['resourceType'] !== head) {
    tell(visit, 'rule-violated', { reason: `The first entry must be a ${head}.` }, { rule: 'first-entry' }, 'entry', 0)
    return
  }
  if (head === 'Composition') checkComposition(visit, bundle, first)
  checkReachable(visit, bundle, entries, head)
}

/** The elements of a Composition whose targets are parts of the document. */
const parts: readonly (readonly string[])[] = [
  ['subject'],
  ['encounter'],
  ['author'],
  ['attester', 'party'],
  ['custodian'],
  ['event', 'detail'],
]
const sectionParts: readonly (readonly string[])[] = [['author'], ['focus'], ['entry']]

type Place = readonly (string | number)[]

interface Link {
  readonly reference: string
  readonly place: Place
}

function checkComposition(visit: Visit, bundle: JsonObject, { index, fullUrl, resource }: Entry): void {
  const links = [...linksAt(resource, parts, []), ...sectionLinks(resource, [])]
  for (const { reference, place } of links) {
    if (reference === '' || reference.startsWith('#')) continue
    const found = findEntries(bundle, reference, baseUrlOf(fullUrl, resource)).length
    if (found === 1) continue
    const reason =
      found === 0
        ? `'${reference}' is not in the document. Add an entry for it.`
        : `'${reference}' is in the document ${found} times. Keep one of them.`
    tell(visit, 'rule-violated', { reason }, { rule: 'document-reference' }, 'entry', index, 'resource', ...place)
  }
}

function sectionLinks(holder: JsonObject, place: Place): Link[] {
  return objects(holder['section']).flatMap((section, index) => {
    const at = [...place, 'section', index]
    return [...linksAt(section, sectionParts, at), ...sectionLinks(section, at)]
  })
}

function linksAt(holder: JsonObject, paths: readonly (readonly string[])[], place: Place): Link[] {
  return paths.flatMap((path) => linksAlong(holder, path, place))
}

function linksAlong(value: JsonValue | undefined, path: readonly string[], place: Place): Link[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => linksAlong(item, path, [...place, index]))
  if (!isJsonObject(value)) return []
  const [name, ...rest] = path
  if (name !== undefined) return linksAlong(value[name], rest, [...place, name])
  return [{ reference: text(value['reference']), place }]
}

/** Each entry is to be found from the first one by links, followed either way. */
function checkReachable(visit: Visit, bundle: JsonObject, entries: readonly Entry[], head: string): void {
  const links = new Map(entries.map((entry) => [entry, new Set<Entry>()]))
  const byIndex = new Map(entries.map((entry) => [entry.index, entry]))
  for (const entry of entries) {
    for (const reference of referencesIn(entry.resource)) {
      for (const target of findEntries(bundle, reference, baseUrlOf(entry.fullUrl, entry.resource))) {
        const found = byIndex.get(target.index)!
        links.get(entry)!.add(found)
        links.get(found)!.add(entry)
      }
    }
  }
  const reached = new Set([entries[0]!])
  for (const entry of reached) for (const next of links.get(entry)!) reached.add(next)
  const severity = head === 'Composition' ? 'error' : 'warning'
  for (const entry of entries) {
    if (reached.has(entry)) continue
    const reason = `No links lead from the ${head} to this entry. Refer to it, or leave it out.`
    tell(visit, 'rule-violated', { reason }, { severity, rule: 'reachable' }, 'entry', entry.index)
  }
}

/** All literal references in a resource, those in what it contains included. */
function referencesIn(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (!isJsonObject(value)) return []
  const own = typeof value['reference'] === 'string' ? [value['reference']] : []
  return [...own, ...Object.values(value).flatMap(referencesIn)]
}
