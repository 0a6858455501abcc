/** Single resources and simple lists. https://hl7.org/fhir/R4/graphql.html#searching */
import type { GraphQLResolveInfo } from 'graphql'
import { requireType } from '../../access/access.ts'
import { contextFor } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { greatestCount } from '../../fhir/search/result-parameters.ts'
import { absent, keyOf } from '../../interactions/read.ts'
import { shape } from './elements.ts'
import { type Execution, fieldsBelow } from './execution.ts'
import type { Arguments, SearchField } from './search-arguments.ts'
import { planSearch, runSearch, selectResources } from './searches.ts'

/** `Patient(id: "x")`. Throws where there is none, as a read does. */
export async function resolveRead(
  _source: unknown,
  { id }: { readonly id: string },
  execution: Execution,
  info: GraphQLResolveInfo,
): Promise<JsonObject> {
  return readResource(info.fieldName, id, execution)
}

export async function readResource(type: string, id: string, execution: Execution): Promise<JsonObject> {
  const key = keyOf(execution.context, type, id)
  requireType(execution.context.access, type, 'r')
  const resource = await execution.loader.load(type, id)
  if (!resource) throw await absent(contextFor(execution.context, 'r'), type, id, key)
  return resource
}

/** `PatientList(…)`: everything that matches, or as much as `_count` asks for. */
export async function resolveList(
  source: JsonObject | undefined,
  given: Arguments,
  execution: Execution,
  info: GraphQLResolveInfo,
): Promise<readonly unknown[]> {
  const field = searchFieldOf(info)
  const plan = await planSearch(field, given, source, execution)
  if (!plan) return []
  const asked = typeof given['_count'] === 'number' ? given['_count'] : Infinity
  // FHIRPath chooses among all that match, so that they are all looked at.
  const filtered = typeof given['fhirpath'] === 'string'
  const { resources, next } = await runSearch(
    plan,
    filtered ? greatestCount : Math.min(asked, greatestCount),
    execution,
  )
  const selected = selectResources(resources, given, execution).slice(0, asked)
  // A list that silently ends early would be taken for all there is.
  if (next && (filtered ? selected.length < asked : asked > greatestCount)) throw tooMany(field.type)
  execution.spend(selected.length * fieldsBelow(info, execution))
  return shape(selected, { type: undefined, container: undefined }, execution, info)
}

export function searchFieldOf({ parentType, fieldName }: GraphQLResolveInfo): SearchField {
  return parentType.getFields()[fieldName]!.extensions['search'] as SearchField
}

function tooMany(type: string): OutcomeError {
  const reason = `More than ${greatestCount} resources match. Narrow the search, ask for the first ones with _count, or use ${type}Connection.`
  return new OutcomeError('query-too-costly', { reason })
}
