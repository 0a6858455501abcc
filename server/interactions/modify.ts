/** Changes to a stored resource that lose no update: read, change, and store only if nobody else has meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { FhirReply } from '../fhir/request.ts'
import { currentVersion } from '../store/resources.ts'
import { absent, keyOf } from './read.ts'
import { updateResource, versionConflict } from './update.ts'
import { checkStructure } from './write.ts'

const attempts = 10

/**
 * Stores what `change` makes of the current version; where that is the same object, nothing is stored. With `expected`
 * (from `If-Match`) the current version must be that one; without, the change is repeated on what another request stored
 * in between.
 */
export async function modifyResource(
  { type, id, expected }: { readonly type: string; readonly id: string; readonly expected: number | undefined },
  context: Context,
  change: (resource: JsonObject) => JsonObject,
): Promise<FhirReply> {
  const key = keyOf(context, type, id)
  for (let attempt = 1; ; attempt++) {
    const found = await currentVersion(context.store.db, context.access, type, key)
    if (!found) throw await absent(context, type, id, key)
    const { version, ts, content } = found
    if (expected !== undefined && expected !== version) throw versionConflict(`${type}/${id}`, expected, version)
    const resource = parseStored(content)
    const changed = change(resource)
    if (changed === resource) return { status: 200, content, version, lastModified: ts, preferable: true }

    checkStructure(changed, context)
    try {
      return await updateResource(changed, id, version, context)
    } catch (error) {
      if (!isConflict(error)) throw error
      if (expected !== undefined) throw error
      if (attempt === attempts) throw new OutcomeError('contention')
      await sleep(Math.random() * 5 * attempt)
    }
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof OutcomeError && error.issues[0]?.code === 'version-conflict'
}
