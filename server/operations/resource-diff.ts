/** The difference of two versions or resources; defined in profiles/operation-definitions/diff.json. */
import { requireType } from '../access/access.ts'
import { type Context, contextFor } from '../context.ts'
import { diff } from '../fhir/diff.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { checkParameterNames, parameterNamed, resourceParameter, textParameter } from '../fhir/parameters.ts'
import { parseReference } from '../fhir/reference.ts'
import type { FhirReply } from '../fhir/request.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { vread } from '../interactions/vread.ts'
import { currentVersion } from '../store/resources.ts'
import type { OperationCall } from './operation.ts'

/** A FHIRPath Patch that turns `from` into `to`. https://hl7.org/fhir/R4/fhirpatch.html */
export async function diffOperation(call: OperationCall, given: Context): Promise<FhirReply> {
  const context = contextFor(given, 'r')
  checkParameterNames(call.parameters, ['from', 'to'])
  const [from, to] = await (call.id === undefined ? sent(call, context) : versions(call, context))
  return { status: 200, content: JSON.stringify(diff(from, to, context.definitions)) }
}

/** Two versions of one resource: by default the current one and the one before it. */
async function versions(call: OperationCall, context: Context): Promise<[JsonObject, JsonObject]> {
  const { parameters } = call
  const [type, id] = [call.type!, call.id!]
  const to = textParameter(parameters, 'to') ?? String(await currentNumber(type, id, context))
  // First, so that a version that is no number is not counted back from.
  const second = await readVersion(type, id, to, context)
  const from = textParameter(parameters, 'from') ?? String(Math.max(Number(to) - 1, 1))
  return [await readVersion(type, id, from, context), second]
}

async function currentNumber(type: string, id: string, context: Context): Promise<number> {
  const key = keyOf(context, type, id)
  const found = await currentVersion(context.store.db, context.access, type, key)
  if (!found) throw await absent(context, type, id, key)
  return found.version
}

async function readVersion(type: string, id: string, version: string, context: Context): Promise<JsonObject> {
  const path = [type, id, '_history', version]
  const reply = await vread({ method: 'GET', path, query: '', headers: {} }, context)
  return parseStored(reply.content!)
}

/** Two resources in the request, or two references to stored ones. */
async function sent({ parameters }: OperationCall, context: Context): Promise<[JsonObject, JsonObject]> {
  const one = async (name: string) => {
    const parameter = parameterNamed(parameters, name)
    if (!parameter) throw new OutcomeError('invalid-parameters', { reason: `The parameter '${name}' is required.` })
    return 'resource' in parameter
      ? resourceParameter(parameters, name)!
      : referenced(textParameter(parameters, name)!, name, context)
  }
  return [await one('from'), await one('to')]
}

async function referenced(text: string, name: string, context: Context): Promise<JsonObject> {
  const reference = parseReference(text, context.base)
  if (reference.kind !== 'relative' || !context.definitions.isResourceType(reference.type)) {
    const reason = `The parameter '${name}' must be a resource or a reference such as Patient/1 or Patient/1/_history/2.`
    throw new OutcomeError('invalid-parameters', { reason })
  }
  const { type, id, version } = reference
  requireType(context.access, type, 'r')
  return readVersion(type, id, version ?? String(await currentNumber(type, id, context)), context)
}
