/** A result that somebody reviews, held against other writers. */
import { accessFor } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { parseReference } from '../../fhir/reference.ts'
import { sawContent } from '../../interactions/audit/note.ts'
import { absent, keyOf } from '../../interactions/read.ts'
import { currentVersion } from '../../store/resources.ts'

export interface ResultName {
  readonly type: string
  readonly id: string
}

export interface ReviewedResult extends ResultName {
  readonly resource: JsonObject
  readonly version: number
}

const resultTypes: readonly string[] = ['DiagnosticReport', 'Observation']

/** `Observation/17` of a reference; throws for what is no result of this server. */
export function resultNamed(reference: string, base: string): ResultName {
  const parsed = parseReference(reference, base)
  if (parsed.kind === 'relative' && parsed.version === undefined && resultTypes.includes(parsed.type)) return parsed
  const reason = `'${reference}' names no Observation or DiagnosticReport of this server.`
  throw new OutcomeError('invalid-parameters', { reason })
}

/** The result as it is now, where the caller may read it. */
export async function readResult({ type, id }: ResultName, context: Context): Promise<ReviewedResult> {
  const key = keyOf(context, type, id)
  const found = await currentVersion(context.store.db, accessFor(context.access, 'r'), type, key)
  if (!found) throw await absent(context, type, id, key)
  sawContent(context, found.content)
  return { type, id, version: found.version, resource: parseStored(found.content) }
}
