/** Changes to a stored resource that lose no update: read, change, and store only if nobody else has meanwhile. */
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { Expected, FhirReply } from '../fhir/request.ts'
import { currentVersion } from '../store/resources.ts'
import { holdResource } from './hold-resource.ts'
import { absent, keyOf } from './read.ts'
import { updateResource, versionConflict } from './update.ts'
import { checkValid, withIssues } from './write.ts'

/** Attempts without holding the resource; under more contention than that, writers queue. */
const attempts = 3

export interface Target {
  readonly type: string
  readonly id: string
  /** From `If-Match`. */
  readonly expected: Expected | undefined
}

/**
 * Stores what `change` makes of the current version; where that is the same object, nothing is stored. Without an
 * expected version the change is made again on what another request stored in between.
 */
export async function modifyResource(
  target: Target,
  context: Context,
  change: (resource: JsonObject) => JsonObject,
): Promise<FhirReply> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await modifyOnce(target, context, change)
    } catch (error) {
      if (typeof target.expected === 'number' || !isConflict(error)) throw error
    }
  }
  return holdResource(target, context, (inside) => modifyOnce(target, inside, change))
}

async function modifyOnce(
  { type, id, expected }: Target,
  context: Context,
  change: (resource: JsonObject) => JsonObject,
): Promise<FhirReply> {
  const key = keyOf(context, type, id)
  const found = await currentVersion(context.store.db, context.access, type, key)
  if (!found) throw await absent(context, type, id, key)
  const { version, ts, content } = found
  if (typeof expected === 'number' && expected !== version) throw versionConflict(`${type}/${id}`, expected, version)
  const resource = parseStored(content)
  const changed = change(resource)
  if (changed === resource) return { status: 200, content, version, lastModified: ts, preferable: true }

  const issues = await checkValid(changed, context)
  return withIssues(await updateResource(changed, id, version, context), issues)
}

function isConflict(error: unknown): boolean {
  return error instanceof OutcomeError && /^(?:version-conflict|no-current-version)$/.test(error.issues[0]!.code)
}
