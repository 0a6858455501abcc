/** HL7's validator cases: what is to be validated against what, and what others said. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One validation with a recorded outcome: a case by itself, or against the profile that it names. */
export interface Check {
  readonly name: string
  readonly module: string
  readonly file: string
  /** Files of conformance resources. */
  readonly supporting: readonly string[]
  /** The file of the profile to validate against. */
  readonly profile: string | undefined
  readonly options: CaseOptions
  readonly expected: Recorded
  readonly firely: Recorded | undefined
  readonly needsServer: boolean
}

export interface CaseOptions {
  readonly extensionDomain: string | undefined
  readonly noMarkup: boolean
  readonly securityChecks: boolean
  readonly examples: boolean
  readonly existingTargets: boolean
  readonly noExperimental: boolean
  readonly bundleRule: { readonly rule: string; readonly profile: string } | undefined
}

/** The errors of a recorded outcome. */
export interface Recorded {
  readonly errors: readonly string[]
}

interface ManifestProfile {
  readonly source: string
  readonly supporting?: readonly string[]
  readonly java?: string
  readonly 'firely-sdk-current'?: string
}

interface ManifestCase extends Omit<ManifestProfile, 'source'> {
  readonly name: string
  readonly file: string
  readonly module: string
  readonly profiles?: readonly string[]
  readonly supporting5?: readonly string[]
  readonly profile?: ManifestProfile
  readonly 'allowed-extension-domain'?: string
  readonly noHtmlInMarkdown?: boolean
  readonly 'security-checks'?: boolean
  readonly examples?: boolean
  readonly validateReference?: string
  readonly 'no-experimental-content'?: boolean
  readonly 'bundle-param'?: { readonly rule: string; readonly profile: string }
}

/** All checks below a folder. */
export function readChecks(folder: string): Check[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { 'test-cases': ManifestCase[] }
  return manifest['test-cases'].flatMap((one) => checksOf(folder, one))
}

function checksOf(folder: string, one: ManifestCase): Check[] {
  const supporting = [...(one.supporting ?? []), ...(one.supporting5 ?? []), ...(one.profiles ?? [])]
  const common = { name: one.name, module: one.module, file: join(folder, one.file), options: optionsOf(one) }
  const base =
    one.java === undefined
      ? []
      : [{ ...common, ...outcomes(folder, one), supporting: paths(folder, supporting), profile: undefined }]
  const { profile } = one
  if (profile?.java === undefined) return base
  const files = paths(folder, [...supporting, ...(profile.supporting ?? []), profile.source])
  return [
    ...base,
    {
      ...common,
      ...outcomes(folder, profile),
      name: `${one.name} (profile)`,
      supporting: files,
      profile: join(folder, profile.source),
    },
  ]
}

function optionsOf(one: ManifestCase): CaseOptions {
  return {
    extensionDomain: one['allowed-extension-domain'],
    noMarkup: one.noHtmlInMarkdown === true,
    securityChecks: one['security-checks'] === true,
    examples: one.examples !== false,
    existingTargets: one.validateReference === 'CHECK_EXISTS_AND_TYPE',
    noExperimental: one['no-experimental-content'] === true,
    bundleRule: one['bundle-param'],
  }
}

function paths(folder: string, files: readonly string[]): string[] {
  return [...new Set(files)].map((file) => join(folder, file)).filter((file) => existsSync(file))
}

interface RecordedIssue {
  readonly severity: string
  readonly details?: { readonly text?: string }
  readonly extension?: readonly { readonly url: string }[]
}

function outcomes(folder: string, { java, 'firely-sdk-current': firely }: Partial<ManifestProfile>) {
  const outcome = JSON.parse(readFileSync(join(folder, 'outcomes', java!), 'utf8')) as { issue?: RecordedIssue[] }
  const errors = (outcome.issue ?? []).filter(({ severity }) => severity === 'error' || severity === 'fatal')
  return {
    expected: { errors: errors.map(({ details }) => details?.text ?? '') },
    firely: firely === undefined ? undefined : firelyOutcome(join(folder, 'outcomes', firely)),
    needsServer: errors.some(isFromServer),
  }
}

/** Systems whose codes come with licences or from registries, and which no FHIR package holds. */
const external =
  /http:\/\/(?:snomed\.info\/sct|loinc\.org|hl7\.org\/fhir\/sid\/(?:cvx|ndc))|urn:iso:std:iso:3166|rxnorm/

/** An error that a terminology server told, or that is about a code that only such a server knows. */
function isFromServer({ extension, details }: RecordedIssue): boolean {
  const told = extension?.some(({ url }) => url.endsWith('/operationoutcome-issue-server')) ?? false
  return told || (external.test(details?.text ?? '') && /code |display/i.test(details?.text ?? ''))
}

function firelyOutcome(file: string): Recorded | undefined {
  if (!existsSync(file)) return undefined
  const lines = JSON.parse(readFileSync(file, 'utf8')) as unknown
  if (!Array.isArray(lines)) return undefined
  return { errors: lines.filter((line): line is string => typeof line === 'string' && /^\[(?:ERROR|FATAL)/.test(line)) }
}
