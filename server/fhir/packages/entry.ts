/** The files of a FHIR package: which are resources to be installed, and what is wrong with those that are not. */
import type { Definitions } from '../definitions.ts'
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../json.ts'
import { issueText, OutcomeError } from '../outcome.ts'
import { validateStructure } from '../validation/structure.ts'
import { isR4 } from './manifest.ts'

/** What is wrong with a file; unless it is `installed` all the same, it is left out. */
export interface EntryProblem {
  readonly file: string
  readonly reason: string
  readonly installed?: boolean
}

/** A conformance resource of a package. */
export interface PackageEntry {
  readonly file: string
  readonly type: string
  readonly url: string
  readonly version?: string
  readonly resource: JsonObject
  readonly problem?: EntryProblem
}

export type FileKind = 'manifest' | 'resource' | 'example' | 'index' | 'other'

/** What a file is by its path, as `package/StructureDefinition-x.json`. The index is never read: it may say anything. */
export function kindOfFile(path: string): FileKind {
  const [root, ...rest] = path.split('/')
  if (root !== 'package') return 'other'
  if (rest.length === 2 && /^examples?$/.test(rest[0]!)) return 'example'
  if (rest.length !== 1) return 'other'
  const [name = ''] = rest
  if (name === 'package.json') return 'manifest'
  return name.startsWith('.') ? 'index' : 'resource'
}

/** The JSON of a file; a byte order mark is no part of it. */
export function parseFile(bytes: Uint8Array): JsonValue {
  return parseJson(utf8.decode(bytes))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The resource in a file that can be installed, or why it cannot. */
export function readEntry(path: string, bytes: Uint8Array, definitions: Definitions): PackageEntry | EntryProblem {
  const file = path.slice(path.indexOf('/') + 1)
  const problem = (reason: string): EntryProblem => ({ file, reason })
  if (!file.endsWith('.json')) return problem('It is no JSON file.')
  let resource: JsonValue
  try {
    resource = parseFile(bytes)
  } catch (error) {
    return problem(
      `It cannot be read as JSON: ${error instanceof OutcomeError ? firstText(error) : 'it is not valid UTF-8.'}`,
    )
  }
  if (!isJsonObject(resource)) return problem('It is no JSON object.')
  const { resourceType, url, version } = resource
  if (typeof resourceType !== 'string') return problem('It has no resourceType.')
  if (!definitions.isResourceType(resourceType)) return problem(`'${resourceType}' is not a FHIR R4 resource type.`)
  const wrong = wrongFhirVersion(resource)
  if (wrong !== undefined) return problem(`It is for FHIR ${wrong}, not for 4.0.`)
  if (typeof url !== 'string' || url === '') return problem('It has no url by which it could be found.')
  const fault = faultOf(resource, definitions)
  if (fault !== undefined && compiled.has(resourceType)) return problem(fault)
  return {
    file,
    type: resourceType,
    url,
    ...(typeof version === 'string' && { version }),
    resource,
    ...(fault !== undefined && { problem: { file, reason: fault, installed: true } }),
  }
}

/** Types that this server acts upon: of them only what is valid is taken. The others are merely kept. */
const compiled: ReadonlySet<string> = new Set([
  'CodeSystem',
  'ConceptMap',
  'OperationDefinition',
  'SearchParameter',
  'StructureDefinition',
  'ValueSet',
])

function faultOf(resource: JsonObject, definitions: Definitions): string | undefined {
  const issues = validateStructure(resource, definitions)
  if (issues.length === 0) return undefined
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return `It is not valid: ${issueText(issues[0]!)}${more}`
}

export function isProblem(entry: PackageEntry | EntryProblem): entry is EntryProblem {
  return 'reason' in entry
}

function firstText(error: OutcomeError): string {
  return issueText(error.issues[0]!)
}

function wrongFhirVersion({ fhirVersion }: JsonObject): string | undefined {
  const versions = (Array.isArray(fhirVersion) ? fhirVersion : [fhirVersion]).filter((v) => typeof v === 'string')
  return versions.length === 0 || versions.some(isR4) ? undefined : versions.join(', ')
}
