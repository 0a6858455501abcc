/** Small profiles for tests of validation, and the issues found with them in short form. */
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Issue } from '../../server/fhir/outcome.ts'
import type { NearCanonicals } from '../../server/fhir/validation/profile/profiles.ts'
import type { Validate, ValidationRequest } from '../../server/fhir/validation/profile/validator.ts'
import { createValidator } from '../../server/fhir/validation/profile/validator.ts'
import type { Policy } from '../../server/fhir/validation/profile/visit.ts'
import { canonicalsWith, definitions, elementsFrom, issuesAlone, terminologyOf } from '../cases/sources.ts'

const core = 'http://hl7.org/fhir/StructureDefinition/'

/** A profile is named by the last part of its url. */
export const base = 'http://example.org/StructureDefinition/'

/** A profile of a type, or of another profile by its url; ids and paths begin with the type. */
export function profile(name: string, type: string, elements: readonly object[], more: object = {}): JsonObject {
  return {
    resourceType: 'StructureDefinition',
    url: base + name,
    name,
    status: 'active',
    kind: 'resource',
    abstract: false,
    type,
    derivation: 'constraint',
    baseDefinition: core + type,
    differential: { element: elements as JsonObject[] },
    ...more,
  }
}

/** One row of a differential: `Patient.name:official.given` with what is said of it. */
export function element(id: string, more: object = {}): JsonObject {
  const slice = id.slice(id.lastIndexOf('.') + 1).split(':')[1]
  const path = id.replace(/:[^.]*/g, '')
  return { id, path, ...(slice !== undefined && { sliceName: slice }), ...more }
}

/** Slicing by discriminators that are told as `value:coding.code`. */
export function slicedBy(discriminators: readonly string[], more: object = {}): { readonly slicing: JsonObject } {
  const discriminator = discriminators.map((one) => {
    const colon = one.indexOf(':')
    return { type: one.slice(0, colon), path: one.slice(colon + 1) }
  })
  return { slicing: { discriminator, rules: 'open', ...more } }
}

/** An extension's definition. */
export function extension(name: string, elements: readonly object[] = [], more: object = {}): JsonObject {
  const all = [element('Extension'), element('Extension.url', { fixedUri: base + name }), ...elements]
  const context = [{ type: 'element', expression: 'Element' }]
  return profile(name, 'Extension', all, { kind: 'complex-type', context, ...more })
}

export interface Known {
  /** Conformance resources beside the base specification. */
  readonly known?: readonly JsonObject[]
  readonly policy?: Partial<Policy>
  readonly request?: ValidationRequest
  /** What is told of where conformance resources come from. */
  readonly near?: Partial<NearCanonicals>
}

/** The issues of a resource. */
export function validated(resource: object, { request = {}, ...sources }: Known = {}): readonly Issue[] {
  return issuesAlone(validatorOf(sources)(resource as JsonObject, request))
}

/** For many resources. */
export function validatorOf({ known = [], policy = {}, near = {} }: Omit<Known, 'request'> = {}): Validate {
  const canonicals = { ...canonicalsWith(known), ...near }
  return createValidator({
    definitions,
    canonicals,
    terminology: terminologyOf(canonicals),
    elements: elementsFrom(canonicals),
    policy,
  })
}

/** `code expression [rule]` of each issue; those that are no errors begin with their severity. */
export function shown(issues: readonly Issue[]): string[] {
  return issues.map(({ code, expression, severity, rule }) => {
    const prefix = severity === undefined || severity === 'error' ? '' : `${severity} `
    return `${prefix}${code} ${expression}${rule === undefined ? '' : ` [${rule}]`}`
  })
}

/** The issues of a resource that must conform to a profile, which is the first of `known`. */
export function against(resource: object, known: readonly JsonObject[], policy: Partial<Policy> = {}): string[] {
  return shown(validated(resource, { known, policy, request: { profiles: [String(known[0]!['url'])] } }))
}
