/** Takes a parameter that turned out to be too expensive out of a job, and out of all writes. */
import type { OperationOutcome } from '@medplum/fhirtypes'
import type { Context } from '../../context.ts'
import { type Issue, OutcomeError, operationOutcome } from '../../fhir/outcome.ts'
import { addJob, endJob, type ReindexJob } from '../../store/reindex-jobs.ts'
import { changeIndex, nextVersion, withdrawParameter } from '../../store/search-parameters.ts'

/** The issue that refuses a parameter, where that is why a job cannot go on. */
export function refusedParameter(error: unknown): Issue | undefined {
  const issue = error instanceof OutcomeError ? error.issues[0] : undefined
  return issue?.code === 'unusable-parameter' ? issue : undefined
}

/**
 * The job fails. Another one does the rest: it makes the job's other parameters usable, and removes from the rows what was
 * written for the refused one.
 */
export async function withdraw(refused: Issue, job: ReindexJob, runner: string, context: Context): Promise<void> {
  const url = String(refused.params?.['url'])
  const { types, code } = job
  const urls = job.urls.filter((other) => other !== url)
  await changeIndex(context.store.database, async (tx) => {
    if (!(await endJob(tx, job.job, runner, 'failed', withIssue(refused, job.outcome)))) return
    const next = await addJob(tx, { urls, types, code, outcome: withIssue(refused, job.outcome) })
    await withdrawParameter(tx, url, job.job, next)
    await nextVersion(tx, 'what is written')
  })
  await context.indexSource.refresh()
}

function withIssue(issue: Issue, earlier: string | null): string {
  const { issue: known = [] } = earlier === null ? {} : (JSON.parse(earlier) as Partial<OperationOutcome>)
  const outcome = operationOutcome([issue])
  return JSON.stringify({ ...outcome, issue: [...(outcome.issue ?? []), ...known] })
}
