/**
 * The one write path: validate, give id and version, index. HTTP, Bundle entries, imports and operations all end here.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import { type Access, mayRelease } from '../access/access.ts'
import { patientsOf } from '../access/confinement.ts'
import { shown } from '../access/hidden.ts'
import { isRolePolicy } from '../access/policy-resource.ts'
import type { Context } from '../context.ts'
import { notAnObject, wrongType } from '../fhir/body-fault.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../fhir/json.ts'
import { type Issue, isError, OutcomeError, operationOutcome } from '../fhir/outcome.ts'
import type { FhirReply } from '../fhir/request.ts'
import { heldUnlessReleased } from '../fhir/review/hold.ts'
import type { SearchIndexes } from '../fhir/search/search-indexes.ts'
import { isOpen, type Validation } from '../fhir/validation/profile/validator.ts'
import { tailAt } from '../store/stamp.ts'
import type { ContainedRow, IndexedVersion, NewVersion } from '../store/store.ts'
import { requireRolePolicy } from './access/role-policy.ts'
import { writeRecord } from './audit/note.ts'
import { changing } from './changing.ts'
import { forgetSearches } from './terminology/cache.ts'
import { type ValidateOptions, validateNow, validateRest, withLatestProfiles } from './validation/validator.ts'

/** The body as a resource of `type`; throws when it is another type or none. */
export function resourceOf(body: JsonValue | undefined, type: string): JsonObject {
  if (body === undefined) throw new OutcomeError('missing-body', { expected: `a ${type}` })
  if (!isJsonObject(body)) throw notAnObject()
  if (body['resourceType'] !== type) throw wrongType(body['resourceType'], type)
  return body
}

/** Milliseconds after which others have their turn. */
const turn = 20

/** Refuses a resource with errors, and tells all of them; answers what else there is to tell of a valid one. */
export async function checkValid(
  resource: JsonObject,
  context: Context,
  options: ValidateOptions = {},
): Promise<readonly Issue[]> {
  const current = await withLatestProfiles(context)
  const validation = await validateInTurn(resource, current, options)
  return withoutErrors(isOpen(validation) ? await validateRest(validation, current) : validation.issues)
}

/** What can be told at once, as in `validateNow`. Entries that are refused never wait for anything: others must be served between them. */
export async function validateInTurn(
  resource: JsonObject,
  context: Context,
  options: ValidateOptions,
): Promise<Validation> {
  const began = performance.now()
  const validation = validateNow(resource, context, options)
  if (performance.now() - began > turn) await breathe()
  return validation
}

/** Issues that are no errors; throws all where there are some. */
export function withoutErrors(issues: readonly Issue[]): readonly Issue[] {
  const [errors, others] = partition(issues, isError)
  if (errors.length > 0) throw new OutcomeError([...errors, ...others])
  return others
}

function partition<T>(values: readonly T[], isFirst: (value: T) => boolean): [T[], T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))]
}

/** A reply to a write with what validation had to say besides. */
export function withIssues(reply: FhirReply, issues: readonly Issue[]): FhirReply {
  return issues.length === 0 ? reply : { ...reply, outcome: operationOutcome(issues) as unknown as JsonObject }
}

/** A valid resource as the version to store under `id`. */
export function prepareVersion(given: JsonObject, id: string, key: bigint, context: Context): NewVersion {
  const { access, base, config } = context
  const resource = heldUnlessReleased(given, config.releaseRules, { mayRelease: mayRelease(access), base })
  const type = resource['resourceType'] as string
  const ts = context.now()
  forgetSearches(context.terminologyCache, type, ts)
  if (isRolePolicy(resource)) requireRolePolicy({ ...resource, id }, context)
  changing(type, context)
  const version = versionWith(resource, { id, key, ts }, context)
  const audit = writeRecord(context, `${type}/${id}`, 'update', [version.head, version.tail])
  const patients = () => patientsOf(resource, context)
  return { ...version, patients, ...(audit !== undefined && { audit }) }
}

/** A version without its number, at a time. */
export function versionWith(
  resource: JsonObject,
  place: Pick<IndexedVersion, 'id' | 'key' | 'ts'>,
  context: Pick<Context, 'indexes'>,
): NewVersion {
  const { resourceType: type, id: _id, meta, ...rest } = resource
  const { versionId: _version, lastUpdated: _updated, ...metaRest } = (meta ?? {}) as JsonObject
  const head = `{"resourceType":"${type as string}","id":"${place.id}","meta":{"versionId":"`
  const tail = tailAt(place.ts, `"${members(metaRest)}}${members(rest)}}`)
  return { ...indexVersion(resource, place, context), head, tail }
}

/** The rows by which a version is found. */
export function indexVersion(
  resource: JsonObject,
  { id, key, ts }: Pick<IndexedVersion, 'id' | 'key' | 'ts'>,
  { indexes }: Pick<Context, 'indexes'>,
): IndexedVersion {
  const type = resource['resourceType'] as string
  const named = resource['id'] === id ? resource : { ...resource, id }
  return {
    type,
    id,
    key,
    ts,
    generation: indexes.generation,
    index: indexes.indexResource(type)(named, key),
    contained: containedRows(resource, type, id, indexes),
  }
}

/** The content of a version once its number is known. */
export function contentOf(version: NewVersion, number: number): string {
  return version.head + number + version.tail
}

/** The reply to a write that stored version `number`. */
export function written(status: number, version: NewVersion, number: number, access: Access): FhirReply {
  return {
    status,
    content: shown(access, version.type, contentOf(version, number)),
    version: number,
    lastModified: version.ts,
    location: `${version.type}/${version.id}/_history/${number}`,
    preferable: true,
  }
}

/** `,"a":1,"b":2` for the members of an object. */
function members(object: JsonObject): string {
  const text = JSON.stringify(object)
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}

function containedRows(resource: JsonObject, type: string, id: string, indexes: SearchIndexes): ContainedRow[] {
  const contained = resource['contained']
  if (!Array.isArray(contained)) return []
  return contained.filter(isJsonObject).map((inner) => {
    const innerType = inner['resourceType'] as string
    const innerId = String(inner['id'])
    const key = indexes.terms.key(innerType, `${type}/${id}#${innerId}`)
    const index = indexes.indexResource(innerType)(inner, key)
    return { type: innerType, id: innerId, key, content: JSON.stringify(inner), index }
  })
}
