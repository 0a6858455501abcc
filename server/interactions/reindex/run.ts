/** Carries out the queued jobs of indexing again, beside all reads and writes, in one process at a time. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../../context.ts'
import { OutcomeError, operationOutcome } from '../../fhir/outcome.ts'
import { indexCodeVersion } from '../../fhir/search/index-resource.ts'
import { StaleIndexError, stillWriting, writersBefore } from '../../store/generation.ts'
import {
  addJob,
  claimJob,
  countResources,
  endJob,
  isJobDue,
  type Progress,
  type ReindexJob,
  releaseJob,
  saveProgress,
  saveTotal,
} from '../../store/reindex-jobs.ts'
import { isContention } from '../../store/retry.ts'
import { activate, changeIndex, nextVersion } from '../../store/search-parameters.ts'
import { storedIndexCode, storeIndexCode } from '../../store/settings.ts'
import { containers, leastKey, reindexBatch } from './batch.ts'
import { refusedParameter, withdraw } from './withdraw.ts'

/** Milliseconds between two looks for transactions that have not ended. */
const pause = 50
/** Milliseconds between two looks for jobs that a process left behind. */
const watch = 5000
/** Milliseconds between two signs of life while a job is worked on, whatever holds it up. */
const beat = 3000

/** Works on jobs until none is left or another process works on one. */
export function startReindex(context: Context): void {
  context.background.start('reindex', (signal) => runJobs(context, signal))
}

/** Goes on with jobs whose process has ended, now and from time to time; answers how to stop that. */
export function watchReindex(context: Context): () => void {
  const look = async () => {
    if (await isJobDue(context.store.database.aside)) startReindex(context)
  }
  // A database that cannot be reached is looked at again.
  const lookSafely = () => void look().catch(() => {})
  lookSafely()
  const timer = setInterval(lookSafely, watch)
  timer.unref()
  return () => clearInterval(timer)
}

/** Whether other code than this made the rows that are stored. */
export async function isReindexDue({ store }: Context): Promise<boolean> {
  return (await storedIndexCode(store.database, indexCodeVersion)) !== indexCodeVersion
}

async function runJobs(context: Context, signal: AbortSignal): Promise<void> {
  const { database } = context.store
  const runner = randomUUID()
  while (!signal.aborted) {
    const job = await claimJob(database, runner)
    if (!job) return
    await runJob({ job, runner, signal }, context)
  }
}

interface Run {
  readonly job: ReindexJob
  readonly runner: string
  readonly signal: AbortSignal
}

async function runJob(run: Run, context: Context): Promise<void> {
  const { database } = context.store
  const { job, runner, signal } = run
  const stopBeating = keepAlive(run, context)
  try {
    if (job.total === null) await saveTotal(database, job.job, await countResources(database, job.types))
    const complete = (await awaitWriters(run, context)) && (await indexTypes(run, context))
    if (complete) await finish(run, context)
    else if (signal.aborted) await releaseJob(database, job.job, runner)
  } catch (error) {
    // The job is gone on with when the database can be reached again.
    if (error instanceof OutcomeError && passing.has(error.issues[0]!.code)) throw error
    const refused = refusedParameter(error)
    if (refused) return await withdraw(refused, job, runner, context)
    const issues =
      error instanceof OutcomeError ? error.issues : ([{ code: 'internal', params: { id: runner } }] as const)
    await endJob(database, job.job, runner, 'failed', JSON.stringify(operationOutcome(issues)))
    if (!(error instanceof OutcomeError)) throw error
  } finally {
    stopBeating()
  }
}

function keepAlive({ job, runner }: Run, { store }: Context): () => void {
  const timer = setInterval(() => void saveProgress(store.database.aside, job.job, runner).catch(() => {}), beat)
  timer.unref()
  return () => clearInterval(timer)
}

const passing: ReadonlySet<string> = new Set(['unavailable', 'outcome-unknown'])

/** See store/generation.ts. False where the job is not to be gone on with. */
async function awaitWriters({ job, runner, signal }: Run, { store }: Context): Promise<boolean> {
  let writers = await writersBefore(store.database)
  while (writers.length > 0) {
    if (signal.aborted || !(await saveProgress(store.database, job.job, runner))) return false
    await sleep(pause)
    writers = await stillWriting(store.database, writers)
  }
  return true
}

/** All types of the job, from where it is. False where it is not to be gone on with. */
async function indexTypes(run: Run, context: Context): Promise<boolean> {
  const { job, runner, signal } = run
  const { database } = context.store
  // Everything is visited anyway where the whole index is made again.
  const passes = job.code === null ? [...job.types, containers] : job.types
  let current = { ...context, indexes: await context.indexSource.refresh() }
  let progress: Progress = job
  for (const type of passes.slice(Math.max(0, job.type === null ? 0 : passes.indexOf(job.type)))) {
    let position = type === job.type ? job.position! : leastKey
    for (;;) {
      if (signal.aborted) return false
      try {
        const result = await reindexBatch(type, position, { ...job, signal }, current)
        if (!result) break
        position = result.last
        progress = advanced(progress, type, result)
      } catch (error) {
        if (signal.aborted) return false
        if (error instanceof StaleIndexError) {
          current = { ...current, indexes: await context.indexSource.after(current.indexes.version) }
        } else if (isContention(error)) await sleep(pause)
        else throw error
      }
      if (!(await saveProgress(database, job.job, runner, { ...progress, type, position }))) return false
    }
  }
  return true
}

function advanced(
  { done, changed, skipped }: Progress,
  type: string,
  result: { readonly last: string; readonly rows: number; readonly changed: number; readonly skipped: number },
): Progress {
  return {
    type,
    position: result.last,
    done: done + (type === containers ? 0 : result.rows),
    changed: changed + result.changed,
    skipped: skipped + result.skipped,
  }
}

/** The job's parameters can be searched. What an earlier definition left in the rows is removed by a job of its own. */
async function finish({ job, runner }: Run, context: Context): Promise<void> {
  const { database } = context.store
  await changeIndex(database, async (tx) => {
    if (!(await endJob(tx, job.job, runner, 'done'))) return
    const replaced = await activate(tx, job.job)
    if (job.urls.length > 0) await nextVersion(tx, replaced.length > 0 ? 'what is written' : 'what is searched')
    if (replaced.length > 0) await addJob(tx, { urls: [], types: job.types, code: null, outcome: null })
    if (job.code === indexCodeVersion) await storeIndexCode(tx, indexCodeVersion)
  })
  await context.indexSource.refresh()
}
