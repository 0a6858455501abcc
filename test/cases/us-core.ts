/**
 * US Core's own examples, and the patients that show all that its profiles ask for, must be without errors, but for those
 * that are listed. `node test/cases/us-core.ts` tells all.
 */
import { join } from 'node:path'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseStored } from '../../server/fhir/json.ts'
import type { Validate } from '../../server/fhir/validation/profile/validator.ts'
import { createValidator } from '../../server/fhir/validation/profile/validator.ts'
import { sharedFolder, sharedTexts } from '../support/shared-data.ts'
import { readPackage } from './package-files.ts'
import { isError, shownIssue } from './run-check.ts'
import { canonicalsWith, definitions, elementsFrom, issuesAlone, terminologyOf } from './sources.ts'

export const versions = ['6.1.0', '8.0.1'] as const
export type Version = (typeof versions)[number]

/** Errors that are the data's, by the version whose profiles find them: the element, and why. */
export const knownFaults: Readonly<Record<Version, Readonly<Record<string, string>>>> = {
  '6.1.0': {
    'DiagnosticReport/cbc DiagnosticReport.text.div': 'Its narrative has a status and no div.',
    'uscore_bundle_patient_355 Bundle.entry[266].resource.effective.stop': 'A Period has an end and no stop.',
    'uscore_bundle_patient_355 Bundle.entry[443].resource.value':
      'A smoking status may be of SNOMED CT only, but is the unknown of data-absent-reason.',
    'uscore_bundle_patient_908 Bundle.entry[0].resource.extension[0].value':
      'The sex is a Coding, as other versions of US Core have it; here it is a code.',
    'uscore_bundle_patient_908 Bundle.entry[0].resource.gender': 'A patient needs a gender.',
    'uscore_bundle_patient_908 Bundle.entry[1].resource.subject': 'That patient does not conform.',
    'uscore_bundle_patient_908 Bundle.entry[2].resource.agent[0].who': 'That patient does not conform.',
  },
  '8.0.1': {
    'DiagnosticReport/cbc DiagnosticReport.text.div': 'Its narrative has a status and no div.',
    'uscore_bundle_patient_355 Bundle.entry[266].resource.effective.stop': 'A Period has an end and no stop.',
    'uscore_bundle_patient_908 Bundle.entry[0].resource.extension[0].value':
      'The sex is a Coding, as other versions of US Core have it; here it is a code.',
  },
}

/** The folder of US Core's packages; undefined where the data is absent. */
export function packagesFolder(): string | undefined {
  const data = sharedFolder('us-core')
  return data && join(data, '..', '..', 'packages')
}

/** A version of US Core together with the base specification. */
export async function usCoreSources(version: string) {
  const { resources, examples } = await readPackage(join(packagesFolder()!, `hl7.fhir.us.core-${version}.tgz`))
  return { canonicals: canonicalsWith(resources), examples, resources }
}

/** A validator of a version of US Core, with its examples. */
export async function usCore(version: string) {
  const { canonicals, examples } = await usCoreSources(version)
  const validate: Validate = createValidator({
    definitions,
    canonicals,
    terminology: terminologyOf(canonicals),
    elements: elementsFrom(canonicals),
  })
  return { validate, examples }
}

export interface Named {
  readonly name: string
  readonly resource: JsonObject
}

/** The patients of the fixture. */
export function patients(): Named[] {
  const texts = sharedTexts('us-core') ?? new Map<string, string>()
  return [...texts].map(([file, text]) => ({ name: file.replace('.json.gz', ''), resource: parseStored(text) }))
}

/** Examples by type and id. */
export function named(resources: readonly JsonObject[]): Named[] {
  return resources.map((resource) => ({ name: `${resource['resourceType']}/${resource['id']}`, resource }))
}

/** The errors of a resource: name and element, and the whole line. */
export function errorsOf(validate: Validate, { name, resource }: Named) {
  const issues = issuesAlone(validate(resource, { transaction: resource['resourceType'] === 'Bundle' }))
  return issues
    .filter(isError)
    .map((issue) => ({ place: `${name} ${issue.expression}`, line: `${name} ${shownIssue(issue)}` }))
}

if (import.meta.main) {
  for (const version of versions) {
    const { validate, examples } = await usCore(version)
    for (const [set, list] of Object.entries({ examples: named(examples), patients: patients() })) {
      const errors = list.flatMap((one) => errorsOf(validate, one))
      console.log(`US Core ${version}: ${list.length} ${set}, ${errors.length} errors`)
      for (const { place, line } of errors) console.log(`  ${line}\n    ${knownFaults[version][place] ?? 'not listed'}`)
    }
  }
}
