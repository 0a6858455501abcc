/** The validator of `@medplum/core` on the same cases. */
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core'
import type { Resource, StructureDefinition } from '@medplum/fhirtypes'
import type { Canonicals } from '../../server/fhir/conformance/canonicals.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { readBundle } from '../../server/packages.ts'
import type { Check } from './manifest.ts'
import { readResource, readSupporting } from './run-check.ts'
import { canonicalsWith, elementsFrom } from './sources.ts'

let isReady = false

/** Once for a process: it keeps the definitions in a place of its own. */
export function prepareMedplum(): void {
  if (isReady) return
  for (const file of ['profiles-types.json', 'profiles-resources.json'] as const) {
    indexStructureDefinitionBundle(readBundle(file) as readonly object[] as StructureDefinition[])
  }
  isReady = true
}

/** The number of errors of a check; what cannot be read or breaks the validator counts as one. */
export function medplumErrors(check: Check): number {
  prepareMedplum()
  try {
    const resource = plain(readResource(check.file)) as object as Resource
    const profile = profileOf(check)
    const issues = validateResource(resource, profile ? { profile } : {})
    return issues.filter(isError).length
  } catch (error) {
    return error instanceof OperationOutcomeError ? Math.max(1, error.outcome.issue.filter(isError).length) : 1
  }
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error' || severity === 'fatal'
}

function profileOf({ profile, supporting }: Check): StructureDefinition | undefined {
  const definition = profile === undefined ? undefined : readSupporting(profile)[0]
  return definition && withSnapshot(definition, canonicalsWith(supporting.flatMap(readSupporting)))
}

/** It reads profiles by their snapshots. */
export function withSnapshot(definition: JsonObject, canonicals: Canonicals): StructureDefinition {
  const element = elementsFrom(canonicals)(definition)
  return plain({ ...definition, snapshot: { element: [...element] } }) as object as StructureDefinition
}

/** It knows no numbers that keep their digits. */
function plain(resource: JsonObject): object {
  return JSON.parse(JSON.stringify(resource)) as object
}
