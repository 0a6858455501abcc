/** Designations and properties of a concept as they are stored: lists without names, which take half the space. */
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'

type Designations = NonNullable<ConceptRow['designations']>
type Properties = NonNullable<ConceptRow['properties']>

export function designationsText(designations: Designations): string {
  return JSON.stringify(designations.map(({ language = 0, use = 0, value }) => [value, language, use]))
}

export function designationsFrom(text: string | null): Designations {
  if (text === null) return []
  const rows = JSON.parse(text) as [string, string | 0, string | 0][]
  return rows.map(([value, language, use]) => ({
    value,
    ...(language !== 0 && { language }),
    ...(use !== 0 && { use }),
  }))
}

/** Codes are the usual type, and most properties lie in no group. */
export function propertiesText(properties: Properties): string {
  return JSON.stringify(
    properties.map(({ code, value, type, group = 0 }) => {
      if (group > 0) return [code, value, type === 'code' ? 0 : type, group]
      return type === 'code' ? [code, value] : [code, value, type]
    }),
  )
}

export function propertiesFrom(text: string | null): Properties {
  if (text === null) return []
  const rows = JSON.parse(text) as [string, string, (Properties[number]['type'] | 0)?, number?][]
  return rows.map(([code, value, type, group]) => ({
    code,
    value,
    type: type || 'code',
    ...(group !== undefined && { group }),
  }))
}
