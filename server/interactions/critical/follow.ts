/** Tasks about critical values, written in the transaction of the value itself. */
import { createHash } from 'node:crypto'
import { openAccess } from '../../access/access.ts'
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { criticalTask, endedTask, taskNeed } from '../../fhir/review/critical.ts'
import { currentVersion } from '../../store/resources.ts'
import { modifyResource } from '../modify.ts'
import { keyOf } from '../read.ts'
import { updateResource } from '../update.ts'
import { responsibleFor } from './responsible.ts'

/** One task for each Observation: whatever is written again finds the same. */
export function criticalTaskId(observation: string): string {
  return `critical-${createHash('sha256').update(observation).digest('hex').slice(0, 32)}`
}

/** To be called in the transaction in which the version of the resource was stored under `id`. */
export async function followCritical(resource: JsonObject, id: string, inside: Context): Promise<void> {
  const need = taskNeed(resource)
  if (need === undefined) return
  if (need === 'withdraw') return endCriticalTask(id, { status: 'cancelled' }, inside)
  const own = ownContext(inside)
  const taskId = criticalTaskId(id)
  const stored = await currentVersion(own.store.db, own.access, 'Task', keyOf(own, 'Task', taskId))
  if (stored && !asksAgain(parseStored(stored.content), resource)) return
  const now = own.now()
  const task = criticalTask({
    ...{ focus: `Observation/${id}`, observation: resource, now },
    owner: await responsibleFor(resource, own),
    due: now + own.config.criticalEscalation * 60_000,
  })
  await updateResource(task, taskId, stored?.version ?? 0, own)
}

/** Ends the task about an Observation, where there is one that waits. */
export async function endCriticalTask(
  observation: string,
  end: { readonly status: 'completed' | 'cancelled'; readonly person?: string },
  inside: Context,
): Promise<void> {
  const own = ownContext(inside)
  const id = criticalTaskId(observation)
  const stored = await currentVersion(own.store.db, own.access, 'Task', keyOf(own, 'Task', id))
  if (!stored) return
  await modifyResource({ type: 'Task', id, expected: undefined }, own, (task) =>
    endedTask(task, { ...end, now: own.now() }),
  )
}

/** What has ended is asked again by a correction alone: other updates of the same value tell nothing new. */
function asksAgain(task: JsonObject, { status }: JsonObject): boolean {
  return task['status'] !== 'requested' && (status === 'corrected' || status === 'amended')
}

/** The server writes it for whoever stored the value; what is noted names them. */
function ownContext(inside: Context): Context {
  return { ...inside, access: openAccess }
}
