/** Runs one check through this server's validator. */
import { readFileSync } from 'node:fs'
import type { JsonObject } from '../../server/fhir/json.ts'
import { parseJson } from '../../server/fhir/json.ts'
import type { Issue } from '../../server/fhir/outcome.ts'
import { issueText, OutcomeError } from '../../server/fhir/outcome.ts'
import { objects } from '../../server/fhir/validation/profile/element-tree.ts'
import { entriesOf } from '../../server/fhir/validation/profile/resolve.ts'
import type { Validate } from '../../server/fhir/validation/profile/validator.ts'
import { createValidator } from '../../server/fhir/validation/profile/validator.ts'
import { fromXml, type XmlReading } from '../../server/fhir/xml-read.ts'
import type { CaseOptions, Check } from './manifest.ts'
import { canonicalsWith, definitions, elementsFrom, issuesAlone, terminologyOf } from './sources.ts'

/** The issues of a check, errors and others. */
export function runCheck(check: Check): Issue[] {
  const supporting = check.supporting.flatMap((file) => readSupporting(file))
  const canonicals = canonicalsWith(supporting)
  const validate = createValidator({
    definitions,
    canonicals,
    terminology: terminologyOf(canonicals),
    elements: elementsFrom(canonicals),
    requiredProfiles: (type) => globalProfiles(supporting, type),
    policy: {
      unknownExtension: 'error',
      extensionDomains: ['http://example.org', 'https://example.org', check.options.extensionDomain ?? []].flat(),
      unknownCode: 'error',
      wrongDisplay: 'error',
      unresolvedTargets: 'ignore',
      missingTarget: check.options.existingTargets ? 'error' : 'none',
      exampleUrls: check.options.examples ? 'none' : 'error',
      markup: check.options.noMarkup || check.options.securityChecks ? 'error' : 'warning',
    },
  })
  const profile = check.profile === undefined ? undefined : readSupporting(check.profile)[0]
  try {
    const resource = readResource(check.file)
    const found = issuesAlone(validate(resource, { profiles: profile ? [String(profile['url'])] : [] }))
    return [...found, ...entryIssues(validate, resource, check.options.bundleRule)]
  } catch (error) {
    if (error instanceof OutcomeError) return [...error.issues]
    throw error
  }
}

/** `Patient:0` means the first Patient of a Bundle. */
function entryIssues(validate: Validate, bundle: JsonObject, rule: CaseOptions['bundleRule']): readonly Issue[] {
  if (!rule) return []
  const [type, position] = rule.rule.split(':')
  const found = entriesOf(bundle).filter(({ resource }) => resource['resourceType'] === type)[Number(position)]
  return found ? issuesAlone(validate(found.resource, { profiles: [rule.profile] })) : []
}

/** https://hl7.org/fhir/R4/implementationguide-definitions.html#ImplementationGuide.global */
function globalProfiles(resources: readonly JsonObject[], type: string): string[] {
  const guides = resources.filter((one) => one['resourceType'] === 'ImplementationGuide')
  const globals = guides.flatMap((guide) => objects(guide['global']))
  return globals.filter((one) => one['type'] === type).map((one) => String(one['profile']))
}

/** A line about an issue. */
export function shownIssue(issue: Issue): string {
  return `${issue.expression ?? ''} | ${issueText(issue)}${issue.rule === undefined ? '' : ` [${issue.rule}]`}`
}

export function isError({ severity }: Issue): boolean {
  return severity === undefined || severity === 'error' || severity === 'fatal'
}

/** The resource of a case. */
export function readResource(file: string, reading: XmlReading = {}): JsonObject {
  const text = readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  return text.trimStart().startsWith('<') ? fromXml(text, definitions, reading) : (parseJson(text) as JsonObject)
}

/** What cannot be read as R4 supports nothing; the reference reads profiles whose elements are out of order. */
export function readSupporting(file: string): JsonObject[] {
  try {
    return [readResource(file, { anyOrder: true })]
  } catch {
    return []
  }
}
