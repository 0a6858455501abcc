/** `candela reindex`: makes stored search parameters usable, or the whole index again, beside running servers. */
import { parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import { issueText, OutcomeError } from '../fhir/outcome.ts'
import { type ReindexRequest, registerReindex } from '../interactions/reindex/register.ts'
import { watchReindex } from '../interactions/reindex/run.ts'
import { awaitReindex, doneShare, secondsLeft } from '../interactions/reindex/status.ts'
import { openCore } from '../main.ts'
import type { ReindexJob } from '../store/reindex-jobs.ts'
import { showProgress } from './progress.ts'

export async function reindex(args: readonly string[]): Promise<number> {
  const request = reindexRequest(args)
  const core = await openCore(loadConfig().config)
  let stopWatching = () => {}
  try {
    const { definitions } = core.context
    const unknown = request.types.find((type) => !definitions.isResourceType(type))
    if (unknown !== undefined) throw new ConfigError(`'${unknown}' is not a FHIR R4 resource type.`)
    const { job, refused } = await registerReindex(request, core.context)
    for (const issue of refused) console.error(issueText(issue))
    // Where another process has ended in the midst of it, this one goes on.
    stopWatching = watchReindex(core.context)
    const ended = await awaitReindex(job, core.context, (found) => showProgress(doneShare(found), noteOf(found)))
    console.log(reindexText(ended))
    return ended.state === 'done' && refused.length === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    for (const issue of error.issues) console.error(issueText(issue))
    return 1
  } finally {
    stopWatching()
    await core.close()
  }
}

/** The arguments as a request; throws for those that cannot be understood. */
export function reindexRequest(args: readonly string[]): ReindexRequest {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { type: { type: 'string', multiple: true }, everything: { type: 'boolean' } },
    })
    if (positionals.length > 1) throw new Error('Give one URL, or none for all parameters.')
    return { url: positionals[0], types: values.type ?? [], everything: values.everything ?? false }
  } catch (error) {
    throw new ConfigError((error as Error).message)
  }
}

/** What a job did, or that it failed. */
export function reindexText({ state, done, changed, skipped, urls }: ReindexJob): string {
  return [
    ...urls.map((url) => `${state === 'done' ? 'Done' : 'Not done'}: ${url}`),
    `${done} resources indexed, ${changed} changed.`,
    ...(skipped > 0 ? [`${skipped} resources cannot be read: see candela fsck.`] : []),
    ...(state === 'done' ? [] : ['Indexing failed; $reindex-status tells why.']),
  ].join('\n')
}

function noteOf(job: ReindexJob): string {
  const left = secondsLeft(job)
  return left === undefined || left === 0 ? '' : `${left} s left`
}
