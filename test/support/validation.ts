/** Small resources for tests of validation, and the issues found in them in short form. */
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Issue } from '../../server/fhir/outcome.ts'
import { validateStructure } from '../../server/fhir/validation/structure.ts'
import { loadDefinitions } from '../../server/packages.ts'

export const definitions = loadDefinitions('.data')

/** A case: what it shows, the resource, and `code expression` of the issues expected in it. */
export type Row = readonly [name: string, resource: object, issues: readonly string[]]

export const code = { text: 'Weight' }
export const mother = { url: 'http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName', valueString: 'Roe' }
export const absent = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
}
export const div = '<div xmlns="http://www.w3.org/1999/xhtml">Text</div>'

export function patient(more: object): object {
  return { resourceType: 'Patient', ...more }
}

export function observation(more: object): object {
  return { resourceType: 'Observation', status: 'final', code, ...more }
}

export function issuesOf(resource: object): Issue[] {
  return validateStructure(resource as JsonObject, definitions)
}

/** `code expression` of each issue. */
export function found(resource: object): string[] {
  return issuesOf(resource).map((issue) => `${issue.code} ${issue.expression}`)
}
