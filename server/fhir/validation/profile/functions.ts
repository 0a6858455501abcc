/** FHIRPath functions that need profiles or terminology. https://hl7.org/fhir/R4/fhirpath.html#functions */
import type { JsonValue } from '../../json.ts'
import { isJsonObject } from '../../json.ts'
import { codingsOf, verdictNow } from './bindings.ts'
import { resourceItem } from './items.ts'
import { conforms } from './profile-check.ts'
import type { Visit } from './visit.ts'

/** `memberOf()`: undefined where nobody can tell. */
export function memberOf(visit: Visit) {
  return (value: JsonValue, valueSet: string): boolean | undefined => {
    const verdicts = codingsOf(value).map((coding) => verdictNow(visit, { valueSet, ...coding }))
    if (verdicts.some((verdict) => verdict?.result === 'in')) return true
    return verdicts.every((verdict) => verdict?.result === 'out') ? false : undefined
  }
}

/** `conformsTo()`: undefined for an unknown profile. */
export function conformsTo(visit: Visit) {
  return (value: JsonValue, canonical: string): boolean | undefined => {
    const profile = visit.tools.profiles.find(canonical)
    if (!profile) return undefined
    if (!isJsonObject(value)) return undefined
    const item =
      'resourceType' in value ? resourceItem(value) : { value, extra: undefined, type: profile.type, index: -1 }
    return conforms(visit, item, profile)
  }
}
