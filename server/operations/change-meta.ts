/** What `$meta-add` and `$meta-delete` have in common. */
import type { Context } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { checkParameterNames, complexParameter } from '../fhir/parameters.ts'
import { type FhirReply, versionToMatch } from '../fhir/request.ts'
import { modifyResource } from '../interactions/modify.ts'
import type { OperationCall } from './operation.ts'
import { metaReply } from './resource-meta.ts'

/** Stores the resource with the Meta that `change` makes of its own and the parameter's; answers with the new one. */
export async function changeMeta(
  { type, id, parameters, request }: OperationCall,
  context: Context,
  change: (meta: JsonObject, given: JsonObject) => JsonObject,
): Promise<FhirReply> {
  checkParameterNames(parameters, ['meta'])
  const given = complexParameter(parameters, 'meta', 'Meta')
  if (!given) throw new OutcomeError('invalid-parameters', { reason: "The parameter 'meta' is required." })
  const { ifMatch } = request.headers
  const expected = ifMatch === undefined ? undefined : versionToMatch(ifMatch)
  const reply = await modifyResource({ type: type!, id: id!, expected }, context, (resource) => {
    const meta = resource['meta'] as JsonObject
    const changed = change(meta, given)
    return changed === meta ? resource : { ...resource, meta: changed }
  })
  const { version, lastModified } = reply
  // Who may not read the resource is told no more than that it was changed.
  if (reply.content === undefined) return reply
  return {
    ...metaReply(parseStored(reply.content)['meta'] as JsonObject),
    version: version!,
    lastModified: lastModified!,
  }
}
