/** `candela fsck`: checks that what is stored belongs together. */
import { readConfig } from '../config.ts'
import { checkStore, type Report } from '../interactions/check-store.ts'
import { openCore } from '../main.ts'
import { showProgress } from './progress.ts'

export async function fsck(): Promise<number> {
  const core = await openCore(readConfig(process.env))
  try {
    const report = await checkStore(core.context, { onProgress: showProgress })
    console.log(reportText(report))
    return report.problems === 0 ? 0 : 1
  } finally {
    await core.close()
  }
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
    ...(indexing ? ['Indexes were not compared: $reindex is under way, or has failed.'] : []),
    ...examples.map(({ check, reference, detail }) => `${check}: ${reference} ${detail}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    problems === 0 ? 'All is well.' : `${problems} problems.`,
  ].join('\n')
}
