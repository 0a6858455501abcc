/** `candela fsck`: checks that what is stored belongs together. */
import { loadConfig } from '../config-file.ts'
import { checkStore, type Report } from '../interactions/check-store.ts'
import { openCore } from '../main.ts'
import { showProgress } from './progress.ts'

export async function fsck(): Promise<number> {
  const core = await openCore(loadConfig().config)
  try {
    const report = await checkStore(core.context, { onProgress: showProgress })
    console.log(reportText(report))
    return exitStatus(report)
  } finally {
    await core.close()
  }
}

/** An index that will not become complete by itself is a problem, too. */
export function exitStatus({ problems, indexing }: Report): number {
  return problems === 0 && indexing !== 'failed' ? 0 : 1
}

/** What was checked, what is wrong, and whether that is all. */
export function reportText(report: Report): string {
  const { resources, versions, changes, problems, examples, danglingReferences, indexing } = report
  const more = problems - examples.length
  return [
    `${resources} resources, ${versions} versions, ${changes} changes checked.`,
    ...(danglingReferences > 0
      ? [`${danglingReferences} references lead to resources that are not here (allowed).`]
      : []),
    ...examples.map(({ check, reference, detail }) => `${check}: ${reference} ${detail}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...leftOut[indexing],
    summary(report),
  ].join('\n')
}

const leftOut: Readonly<Record<Report['indexing'], readonly string[]>> = {
  complete: [],
  'under way': ['Indexes were not compared, because $reindex is under way: check again when it is done.'],
  failed: ['Indexes were not compared, because $reindex has failed: $reindex-status tells why. Call it again.'],
}

function summary({ problems, indexing }: Report): string {
  if (problems > 0) return `${problems} problems.`
  return indexing === 'complete' ? 'All is well.' : 'What was checked is well; the indexes were left out.'
}
