/** `$result-inbox`: what the caller has to take notice of; defined in profiles/operation-definitions/result-inbox.json. */
import type { Context } from '../../context.ts'
import { contextFor } from '../../context.ts'
import type { JsonObject } from '../../fhir/json.ts'
import { checkParameterNames, numberParameter, parametersResource } from '../../fhir/parameters.ts'
import type { FhirReply } from '../../fhir/request.ts'
import { referenceIn } from '../../fhir/results/reading.ts'
import { openTasks } from '../../fhir/review/critical.ts'
import { type InboxItem, inboxItems, referenceOf } from '../../fhir/review/inbox.ts'
import { reviewSystem } from '../../fhir/review/labels.ts'
import { findResources } from '../../interactions/find-resources.ts'
import type { OperationCall } from '../operation.ts'
import { personOf } from './person.ts'

/** Of each kind: nobody reads more before these are done. */
const most = 200
/** Days for which orders are followed. */
const followed = 30

export async function resultInbox({ parameters }: OperationCall, given: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['_count', '_offset'])
  const context = contextFor(given, 's')
  const person = personOf(context.access)
  const count = numberParameter(parameters, '_count', 1, 500) ?? 50
  const offset = numberParameter(parameters, '_offset', 0, 100_000) ?? 0
  const items = await itemsFor(person, context)
  const page = items.slice(offset, offset + count)
  const patients = await byReference(
    'Patient',
    page.flatMap(({ resource }) => referenceIn(resource['subject']) ?? []),
    context,
  )
  const parameter = [
    { name: 'total', valueInteger: items.length },
    ...page.map(itemParameter),
    ...patients.map((resource) => ({ name: 'patient', resource })),
  ]
  return { status: 200, content: JSON.stringify(parametersResource(parameter)) }
}

async function itemsFor(person: string, context: Context): Promise<readonly InboxItem[]> {
  const since = new Date(context.now() - followed * 86_400_000).toISOString().slice(0, 10)
  const held = `_security=${reviewSystem}|held&_sort=_lastUpdated&_count=${most}`
  const ordered = `based-on:ServiceRequest.requester=${person}&_lastUpdated=ge${since}&_sort=_lastUpdated&_count=${most}`
  const [own, everybodys, ...lists] = await Promise.all([
    find('Task', `${openTasks}&owner=${person}&_count=${most}`, context),
    find('Task', `${openTasks}&owner:missing=true&_count=${most}`, context),
    find('Observation', held, context),
    find('DiagnosticReport', held, context),
    // What was loaded from an older record is no news, unless it is another than it was.
    find('DiagnosticReport', `${ordered}&status=final&issued=ge${since}`, context),
    find('DiagnosticReport', `${ordered}&status=final&issued:missing=true`, context),
    find('DiagnosticReport', `${ordered}&status=corrected,amended,appended`, context),
  ])
  const critical = new Set([...own, ...everybodys].flatMap(({ focus }) => referenceIn(focus) ?? []))
  const results = [...lists.flat(), ...(await byReference('Observation', [...critical], context))]
  const provenances = await provenancesOf(results.map(referenceOf), context)
  return inboxItems({ results, critical, provenances })
}

async function provenancesOf(references: readonly string[], context: Context): Promise<readonly JsonObject[]> {
  if (references.length === 0) return []
  const target = [...new Set(references)].join()
  const query = new URLSearchParams({ target, _sort: '-recorded', _count: '1000' })
  return find('Provenance', query.toString(), context)
}

async function byReference(
  type: string,
  references: readonly string[],
  context: Context,
): Promise<readonly JsonObject[]> {
  const ids = references.filter((one) => one.startsWith(`${type}/`)).map((one) => one.slice(type.length + 1))
  if (ids.length === 0) return []
  return find(type, new URLSearchParams({ _id: [...new Set(ids)].join(), _count: '1000' }).toString(), context)
}

async function find(type: string, query: string, context: Context): Promise<readonly JsonObject[]> {
  return (await findResources(type, query, context)).map(({ json }) => json)
}

function itemParameter({ resource, isCritical, isHeld, since }: InboxItem): JsonObject {
  return {
    name: 'item',
    part: [
      { name: 'result', resource },
      { name: 'critical', valueBoolean: isCritical },
      { name: 'held', valueBoolean: isHeld },
      { name: 'since', valueInstant: new Date(since).toISOString() },
    ],
  }
}
