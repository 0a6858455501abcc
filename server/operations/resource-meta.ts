/** https://hl7.org/fhir/R4/resource-operation-meta.html */
import { type Context, contextFor } from '../context.ts'
import { type JsonObject, parseStored } from '../fhir/json.ts'
import { addMeta } from '../fhir/meta.ts'
import { checkParameterNames, parametersResource } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { presenceBits } from '../fhir/search/index-row.ts'
import { presence } from '../fhir/search/indexing/presence.ts'
import { sawContent } from '../interactions/audit/note.ts'
import { searchableTypes } from '../interactions/permitted.ts'
import { read } from '../interactions/read.ts'
import { vread } from '../interactions/vread.ts'
import { distinctMeta } from '../store/meta.ts'
import type { OperationCall } from './operation.ts'

/** The Meta of a resource or version; of a type or the system all profiles, tags and security labels in use. */
export async function meta(call: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(call.parameters, [])
  return metaReply(call.id === undefined ? await metaInUse(call, context) : await metaOf(call, context))
}

/** Parameters with the Meta as `return`. */
export function metaReply(meta: JsonObject): FhirReply {
  return { status: 200, content: JSON.stringify(parametersResource([{ name: 'return', valueMeta: meta }])) }
}

async function metaOf({ request, type, id, version }: OperationCall, context: Context): Promise<JsonObject> {
  const path = version === undefined ? [type!, id!] : [type!, id!, '_history', version]
  const asked = { method: 'GET', path, query: '', headers: {} } as const
  const reply = await (version === undefined ? read : vread)({ ...request, ...asked }, context)
  sawContent(context, reply.content!)
  return parseStored(reply.content!)['meta'] as JsonObject
}

async function metaInUse({ type }: OperationCall, given: Context): Promise<JsonObject> {
  const context = contextFor(given, 's')
  const types = searchableTypes(type === undefined ? context.definitions.resourceTypes : [type], false, context)
  let found: JsonObject = {}
  for (const one of types) {
    const items = await distinctMeta(context.store.db, context.access, one, metaBits(one, context))
    for (const { name, value } of items) found = addMeta(found, { [name]: [JSON.parse(value)] })
  }
  return found
}

/** The bits of `present` that tell of profiles, tags or security labels; undefined where some has no bit. */
function metaBits(type: string, { indexes }: Context): bigint | undefined {
  const { parameters } = indexes.index(type)
  const paths = ['_profile', '_security', '_tag'].flatMap((code) => parameters.get(code)?.paths ?? [])
  const bits = paths.map((path) => indexes.presenceBit(type, presence(path)))
  if (bits.some((bit) => bit >= presenceBits)) return undefined
  return bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n)
}
