/** A concept as it is stored, as the rules of terminology see it. */
import { type JsonObject, numberFromText } from '../../fhir/json.ts'
import type { ConceptRow } from '../../fhir/terminology/concept-row.ts'
import type { Concept } from '../../fhir/terminology/system.ts'
import type { ConceptTexts } from '../../store/terminology/concepts.ts'
import { designationsFrom, propertiesFrom } from '../../store/terminology/row-texts.ts'
import { flags } from '../../store/terminology/tables.ts'

/** `url`: of the system, whose codes the uses of designations are. */
export function conceptOf(row: ConceptTexts, url: string): Concept {
  return {
    code: row.code,
    ...(row.display !== null && { display: row.display }),
    ...(row.definition !== null && { definition: row.definition }),
    active: (row.flags & flags.active) !== 0,
    abstract: (row.flags & flags.abstract) !== 0,
    designations: designationsFrom(row.designations).map(({ language, use, value }) => ({
      ...(language !== undefined && { language }),
      // The uses that releases have are codes of the system itself.
      ...(use !== undefined && { use: { system: url, code: use } }),
      value,
    })),
    properties: propertiesFrom(row.properties).map((property) => propertyOf(property, url)),
    parents: row.parents ?? [],
  }
}

type Properties = NonNullable<ConceptRow['properties']>

const valueElement: Readonly<Record<Properties[number]['type'], (value: string, url: string) => JsonObject>> = {
  code: (value) => ({ valueCode: value }),
  string: (value) => ({ valueString: value }),
  boolean: (value) => ({ valueBoolean: value === 'true' }),
  integer: (value) => ({ valueInteger: Number(value) }),
  decimal: (value) => ({ valueDecimal: numberFromText(value) }),
  dateTime: (value) => ({ valueDateTime: value }),
  Coding: (value, url) => ({ valueCoding: { system: url, code: value } }),
}

function propertyOf({ code, type, value }: Properties[number], url: string): JsonObject {
  return { code, ...valueElement[type](value, url) }
}
