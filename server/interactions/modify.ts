/** Changes to a stored resource that lose no update: read, change, and store only if nobody else has meanwhile. */
import { accessFor } from '../access/access.ts'
import { shown, withoutHidden } from '../access/hidden.ts'
import { implies } from '../access/predicate.ts'
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import type { Expected, FhirReply } from '../fhir/request.ts'
import { currentVersion, versionToChange } from '../store/resources.ts'
import { sawContent } from './audit/note.ts'
import { holdResource } from './hold-resource.ts'
import { keyOf } from './read.ts'
import { unreached, updateResource, versionConflict } from './update.ts'
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
  const access = accessFor(context.access, 'u')
  const found = await versionToChange(context.store.db, access, type, key)
  if (!found) throw await unreached({ type, id, expected: undefined }, context)
  // What the change makes of it may be refused, and tells of it then.
  sawContent(context, found.content)
  const { version, ts } = found
  if (typeof expected === 'number' && expected !== version) throw versionConflict(`${type}/${id}`, expected, version)
  const resource = withoutHidden(access, parseStored(found.content))
  const changed = change(resource)
  if (changed === resource) {
    const content = shown(access, type, found.content)
    return whereReadable({ status: 200, content, version, lastModified: ts, preferable: true }, type, key, context)
  }
  const issues = await checkValid(changed, context)
  const reply = await updateResource(changed, id, version, context)
  return withIssues(await whereReadable(reply, type, key, context), issues)
}

/** Who may change a resource, and not read it, sent only a part of what is answered. */
async function whereReadable(reply: FhirReply, type: string, key: bigint, context: Context): Promise<FhirReply> {
  const { access, store } = context
  if (access.kind === 'open' || implies(access.reach(type, 'u'), access.reach(type, 'r'))) return reply
  if (await currentVersion(store.db, access.for('r'), type, key)) return reply
  const { content: _content, ...rest } = reply
  return rest
}

function isConflict(error: unknown): boolean {
  return error instanceof OutcomeError && /^(?:version-conflict|no-current-version)$/.test(error.issues[0]!.code)
}
