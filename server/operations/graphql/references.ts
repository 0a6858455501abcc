/** The resource that a Reference points at. https://hl7.org/fhir/R4/graphql.html#references */
import type { GraphQLResolveInfo } from 'graphql'
import { isJsonObject, type JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { type ParsedReference, parseReference } from '../../fhir/reference.ts'
import { containerOf, type Execution, fieldsBelow } from './execution.ts'

/** Each error says in full what is missing. */
const unitsPerError = 50

interface ReferenceArguments {
  readonly optional?: boolean | null
  /** A resource of another type is left out. */
  readonly type?: string | null
}

export async function resolveReference(
  source: JsonObject,
  { optional, type }: ReferenceArguments,
  execution: Execution,
  info: GraphQLResolveInfo,
): Promise<JsonObject | undefined> {
  const { reference: text } = source
  const reference = parseReference(typeof text === 'string' ? text : '', execution.context.base)
  if (type && reference.kind === 'relative' && reference.type !== type) return undefined
  const resource = await pointedAt(reference, source, execution)
  if (!resource && !optional) {
    execution.spend(unitsPerError)
    throw new OutcomeError('resource-not-found', { reference: typeof text === 'string' ? text : 'reference' })
  }
  execution.spend(fieldsBelow(info, execution))
  return resource && (!type || resource['resourceType'] === type) ? resource : undefined
}

/** Undefined for what is elsewhere, what the caller may not see and what does not exist alike. */
async function pointedAt(
  reference: ParsedReference,
  source: JsonObject,
  execution: Execution,
): Promise<JsonObject | undefined> {
  if (reference.kind === 'relative') return execution.loader.load(reference.type, reference.id, reference.version)
  if (reference.kind !== 'fragment') return undefined
  const container = containerOf(source, execution)
  if (reference.id === '') return container
  const { contained } = container
  const found = Array.isArray(contained)
    ? contained.find((item) => isJsonObject(item) && item['id'] === reference.id)
    : undefined
  if (!isJsonObject(found)) return undefined
  execution.containers.set(found, container)
  return found
}
