/**
 * How a transaction is kept apart from others: it holds what it touches from its beginning, or, where it only reads,
 * reads everything as of one moment.
 */
import type { Context } from '../context.ts'
import { isId } from '../fhir/reference.ts'
import type { Decision } from '../fhir/transaction/decide.ts'
import type { Entry } from '../fhir/transaction/entry.ts'
import type { Transaction } from '../store/database.ts'
import { lockResources } from '../store/lock.ts'

/** Whether an entry reads and nothing else. */
export function readsOnly({ kind, request: { method } }: Entry): boolean {
  return kind === 'other' && (method === 'GET' || method === 'HEAD')
}

/**
 * Holds what the entries write, patch and read by id. What is only written is held by writing it; but what is patched or
 * read afterwards would be held too late and in any order, and transactions that meet would give up for each other.
 */
export async function holdResources(
  entries: readonly Entry[],
  decisions: readonly Decision[],
  tx: Transaction,
  { indexes, definitions }: Context,
): Promise<void> {
  if (entries.every(readsOnly) || decisions.every(({ act }) => act !== 'patch' && act !== 'other')) return
  const names = entries.flatMap((entry, i) => touched(entry, decisions[i]!))
  const known = names.filter(({ type, id }) => definitions.isResourceType(type) && isId(id))
  await lockResources(
    tx,
    known.map(({ type, id }) => ({ type, key: indexes.terms.key(type, id) })),
  )
}

/** The resources that an entry names. */
function touched({ request }: Entry, decision: Decision): { type: string; id: string }[] {
  const [type = '', id = ''] = request.path
  switch (decision.act) {
    case 'put':
    case 'patch':
      return [{ type: decision.type, id: decision.id }]
    case 'delete':
      return decision.ids.map((one) => ({ type: decision.type, id: one }))
    case 'other':
      return [{ type, id }]
    default:
      return []
  }
}
