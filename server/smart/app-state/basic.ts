/**
 * The Basic resource in which an app keeps its state: read from what was sent, and written again.
 * https://hl7.org/fhir/smart-app-launch/STU2.2/StructureDefinition-smart-app-state-basic.html
 */
import { instant } from '../../fhir/date-range.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'

export interface SentState {
  /** Absent for what is new. */
  readonly id: string | undefined
  readonly system: string
  readonly code: string
  /** `Patient/1`; null for what is kept for all people. */
  readonly subject: string | null
  /** The extensions as JSON. */
  readonly extension: string
}

const elements = new Set(['resourceType', 'id', 'meta', 'code', 'subject', 'extension'])

/** Throws 422 for whatever would not be kept as it was sent. `base` is that of the FHIR server. */
export function readState(body: JsonValue | undefined, base: string): SentState {
  if (!isJsonObject(body) || body['resourceType'] !== 'Basic') throw refused('App state is a Basic resource.')
  const other = Object.keys(body).find((name) => !elements.has(name))
  if (other !== undefined) throw refused(`App state has code, subject and extension, and no '${other}'.`)
  const { id } = body
  return {
    id: typeof id === 'string' ? id : undefined,
    ...codeOf(body['code']),
    subject: body['subject'] === undefined ? null : subjectOf(body['subject'], base),
    extension: JSON.stringify(extensionsOf(body['extension'])),
  }
}

function codeOf(value: JsonValue | undefined): { readonly system: string; readonly code: string } {
  const coding = isJsonObject(value) && Object.keys(value).length === 1 ? value['coding'] : undefined
  const [first, ...others] = Array.isArray(coding) ? coding : []
  if (!isJsonObject(first) || others.length > 0) throw refused('Basic.code has exactly one Coding, and nothing else.')
  const { system, code, ...rest } = first
  if (!isText(system) || !isText(code) || Object.keys(rest).length > 0) {
    throw refused('The Coding of app state has system and code, and nothing else.')
  }
  return { system, code }
}

function subjectOf(value: JsonValue, base: string): string {
  const reference = isJsonObject(value) && Object.keys(value).length === 1 ? value['reference'] : undefined
  const subject = typeof reference === 'string' ? relativeSubject(reference, base) : undefined
  if (subject === undefined) {
    throw refused(`Basic.subject has an absolute reference to a resource of this server, such as ${base}/Patient/1.`)
  }
  return subject
}

/** `http://host/fhir/Patient/1` to `Patient/1`; undefined for what is elsewhere. */
export function relativeSubject(reference: string, base: string): string | undefined {
  if (!reference.startsWith(`${base}/`)) return undefined
  const relative = reference.slice(base.length + 1)
  return /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(relative) ? relative : undefined
}

function extensionsOf(value: JsonValue | undefined): readonly JsonValue[] {
  const extensions = value ?? []
  const areTexts =
    Array.isArray(extensions) &&
    extensions.every(
      (one) => isJsonObject(one) && isText(one['url']) && isText(one['valueString']) && Object.keys(one).length === 2,
    )
  if (!areTexts) throw refused('Each extension of app state has url and valueString, and nothing else.')
  return extensions
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

function refused(reason: string): OutcomeError {
  return new OutcomeError('rule-violated', { reason })
}

export interface KeptState {
  readonly id: string
  readonly version: number
  readonly updated: number
  readonly system: string
  readonly code: string
  readonly subject: string | null
}

export function writeState(
  { id, version, updated, system, code, subject }: KeptState,
  extension: string,
  base: string,
): JsonObject {
  const extensions = JSON.parse(extension) as JsonValue[]
  return {
    resourceType: 'Basic',
    id,
    meta: { versionId: String(version), lastUpdated: instant(updated) },
    ...(extensions.length > 0 && { extension: extensions }),
    code: { coding: [{ system, code }] },
    ...(subject !== null && { subject: { reference: `${base}/${subject}` } }),
  }
}
