/** What is told of indexing again. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import { type JsonObject, parseStored } from '../../fhir/json.ts'
import { OutcomeError } from '../../fhir/outcome.ts'
import { parametersResource } from '../../fhir/parameters.ts'
import { type ReindexJob, readJob } from '../../store/reindex-jobs.ts'

/** A job; the newest where none is named. */
export async function reindexJob(
  job: string | undefined,
  { store, indexSource }: Pick<Context, 'store' | 'indexSource'>,
): Promise<ReindexJob> {
  const found = job !== undefined && !/^\d{1,18}$/.test(job) ? undefined : await readJob(store.database, job)
  if (!found) throw new OutcomeError('resource-not-found', { reference: `$reindex job ${job ?? ''}`.trim() })
  // Who is told that it is done may search by it at once.
  if (found.state === 'done') await indexSource.refresh()
  return found
}

/** Milliseconds between two looks at a job. */
const interval = 100

/** Waits until a job has ended, or this process is to end; `onProgress` is called after each look. */
export async function awaitReindex(
  job: string,
  context: Context,
  onProgress: (job: ReindexJob) => void = () => {},
): Promise<ReindexJob> {
  for (;;) {
    const found = await reindexJob(job, context)
    onProgress(found)
    if (hasEnded(found) || context.background.stopped.aborted) return found
    await sleep(interval)
  }
}

export function hasEnded({ state }: ReindexJob): boolean {
  return state === 'done' || state === 'failed'
}

/** The share that is done, from 0 to 1. */
export function doneShare({ state, done, total }: ReindexJob): number {
  if (state === 'done') return 1
  return total === null ? 0 : Math.min(done / Math.max(total, 1), 1)
}

/** At the pace so far; undefined while nothing is done. */
export function secondsLeft(job: ReindexJob): number | undefined {
  const share = doneShare(job)
  if (hasEnded(job)) return 0
  return job.seconds === null || share === 0 ? undefined : Math.ceil((job.seconds * (1 - share)) / share)
}

/** The Parameters that describe a job; see profiles/operation-definitions/reindex-status.json. */
export function jobParameters(job: ReindexJob): JsonObject {
  const left = secondsLeft(job)
  return parametersResource([
    { name: 'job', valueString: job.job },
    { name: 'state', valueCode: job.state },
    { name: 'done', valueInteger: job.done },
    ...(job.total === null ? [] : [{ name: 'total', valueInteger: Math.max(job.total, job.done) }]),
    { name: 'changed', valueInteger: job.changed },
    ...(job.skipped > 0 ? [{ name: 'skipped', valueInteger: job.skipped }] : []),
    ...(left === undefined ? [] : [{ name: 'secondsLeft', valueInteger: left }]),
    ...job.urls.map((url) => ({ name: 'url', valueUri: url })),
    ...(job.outcome === null ? [] : [{ name: 'outcome', resource: parseStored(job.outcome) }]),
  ])
}
