/** Passes on what nobody took notice of in time; from time to time, in every process. */
import type { Context } from '../../context.ts'
import { escalatedTask, isDue, waitingTasks } from '../../fhir/review/critical.ts'
import { findResources } from '../find-resources.ts'
import { modifyResource } from '../modify.ts'
import { nextInLine } from './responsible.ts'

/** Milliseconds between two looks. */
const interval = 30_000

/**
 * Passes on the tasks that are due; answers how many it looked at. Processes need no lock: a task is changed only if nobody
 * else has changed it meanwhile, and says that it was passed on.
 */
export async function escalateDue(context: Context, signal?: AbortSignal): Promise<number> {
  const waiting = await findResources('Task', `${waitingTasks}&_count=200`, context)
  const due = waiting.filter(({ json }) => isDue(json, context.now()))
  for (const { json } of due) {
    if (signal?.aborted) break
    const next = await nextInLine(json, context)
    const target = { type: 'Task', id: String(json['id']), expected: undefined }
    await modifyResource(target, context, (task) => escalatedTask(task, next, context.now()))
  }
  return due.length
}

/** Answers how to stop that. */
export function watchCritical(context: Context): () => void {
  const look = () =>
    context.background.start('critical results', async (signal) => void (await escalateDue(context, signal)))
  look()
  const timer = setInterval(look, interval)
  timer.unref()
  return () => clearInterval(timer)
}
