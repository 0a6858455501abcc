/** What a List stands for in `_list`. https://hl7.org/fhir/R4/search.html#list */
import { isJsonObject, type JsonObject } from './json.ts'

/** The references of a List's entries, as they are written, without those that were taken off the list. */
export function listedReferences(list: JsonObject): string[] {
  const entries = list['entry']
  if (!Array.isArray(entries)) return []
  return entries.filter(isJsonObject).flatMap(({ item, deleted }) => {
    const reference = isJsonObject(item) ? item['reference'] : undefined
    return typeof reference === 'string' && deleted !== true ? [reference] : []
  })
}
