/** Indexing again beside all reads and writes; defined in profiles/operation-definitions/reindex.json. */
import type { Context } from '../context.ts'
import { parseStored } from '../fhir/json.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { booleanParameter, checkParameterNames, textParameter, textParameters } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { registerReindex } from '../interactions/reindex/register.ts'
import { startReindex } from '../interactions/reindex/run.ts'
import { awaitReindex, hasEnded, jobParameters, reindexJob } from '../interactions/reindex/status.ts'
import { currentVersion } from '../store/resources.ts'
import type { OperationCall } from './operation.ts'

/** 202 with where to ask for progress; with `wait` 200 when it is done, unless the server ends before. */
export async function reindex(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters } = call
  checkParameterNames(parameters, call.id === undefined ? ['url', 'type', 'everything', 'wait'] : ['wait'])
  // Its own transaction would be among those that have to end first.
  if (context.store.db !== context.store.database) {
    throw new OutcomeError('not-supported', { reason: '$reindex cannot be an entry of a transaction. Call it alone.' })
  }
  const types = textParameters(parameters, 'type')
  for (const type of types) {
    if (!context.definitions.isResourceType(type)) throw new OutcomeError('unknown-type', { type, nearest: '' })
  }
  const url = call.id === undefined ? textParameter(parameters, 'url') : await urlOf(call.id, context)
  const everything = booleanParameter(parameters, 'everything') ?? false
  const wait = booleanParameter(parameters, 'wait') ?? false
  const { job } = await registerReindex({ url, types, everything }, context)
  startReindex(context)
  const found = wait ? await awaitReindex(job, context) : await reindexJob(job, context)
  const content = JSON.stringify(jobParameters(found))
  return wait && hasEnded(found)
    ? { status: 200, content }
    : { status: 202, content, contentLocation: `$reindex-status?job=${job}` }
}

/** Progress; of the newest call where none is named. */
export async function reindexStatus({ parameters }: OperationCall, context: Context): Promise<FhirReply> {
  checkParameterNames(parameters, ['job'])
  const job = await reindexJob(textParameter(parameters, 'job'), context)
  return { status: 200, content: JSON.stringify(jobParameters(job)) }
}

async function urlOf(id: string, context: Context): Promise<string> {
  const key = keyOf(context, 'SearchParameter', id)
  const found = await currentVersion(context.store.db, context.access, 'SearchParameter', key)
  if (!found) throw await absent(context, 'SearchParameter', id, key)
  return parseStored(found.content)['url'] as string
}
