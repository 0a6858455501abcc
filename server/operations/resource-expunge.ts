/** Physical removal; defined in profiles/operation-definitions/expunge.json. */
import type { Context } from '../context.ts'
import { OutcomeError } from '../fhir/outcome.ts'
import { booleanParameter, checkParameterNames, numberParameter, parametersResource } from '../fhir/parameters.ts'
import type { FhirReply } from '../fhir/request.ts'
import { absent, keyOf } from '../interactions/read.ts'
import { type Expunged, expungeVersions } from '../store/expunge.ts'
import { countInstanceHistory } from '../store/history.ts'
import type { OperationCall } from './operation.ts'

/** Each parameter confirms the removal of one kind of versions; the first of this list comes first. */
const confirmations: readonly (readonly [name: string, Expunged])[] = [
  ['expungeEverything', 'everything'],
  ['expungeDeletedResources', 'deleted'],
  ['expungePreviousVersions', 'previous'],
]

const defaultLimit = 1000
const greatestLimit = 100_000

/** Answers with the number of versions that were removed; called again until that is 0, it has removed all. */
export async function expunge(call: OperationCall, context: Context): Promise<FhirReply> {
  const { parameters, type, id } = call
  const names = confirmations.map(([name]) => name)
  checkParameterNames(parameters, ['limit', ...names])
  const limit = numberParameter(parameters, 'limit', 1, greatestLimit) ?? defaultLimit
  const confirmed = confirmations.filter(([name]) => booleanParameter(parameters, name)).map(([, what]) => what)
  if (confirmed.length === 0) {
    const reason = `Nothing was confirmed: set one or more of ${names.join(', ')} to true.`
    throw new OutcomeError('invalid-parameters', { reason })
  }
  const key = id === undefined ? undefined : await knownKey(type!, id, context)

  let count = 0
  for (const what of confirmed) {
    for (const one of type === undefined ? expungeable(context) : [type]) {
      if (count >= limit) break
      count += await expungeVersions(context.store, context.access, { type: one, key }, what, limit - count)
    }
  }
  return { status: 200, content: JSON.stringify(parametersResource([{ name: 'count', valueInteger: count }])) }
}

/** The audit trail stays. */
function expungeable({ definitions }: Context): readonly string[] {
  return definitions.resourceTypes.filter((type) => type !== 'AuditEvent')
}

async function knownKey(type: string, id: string, context: Context): Promise<bigint> {
  const key = keyOf(context, type, id)
  if ((await countInstanceHistory(context.store.db, context.access, type, key, {})) > 0) return key
  throw await absent(context, type, id, key)
}
