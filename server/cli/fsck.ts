/** `candela fsck`: checks that what is stored belongs together. */
import { readConfig } from '../config.ts'
import { checkStore, type Report } from '../interactions/check-store.ts'
import { openCore } from '../main.ts'

export async function fsck(): Promise<number> {
  const core = await openCore(readConfig(process.env))
  try {
    const report = await checkStore(core.context, process.stderr.isTTY ? { onProgress: showProgress } : {})
    console.log(reportText(report))
    return report.problems === 0 ? 0 : 1
  } finally {
    await core.close()
  }
}

/** What was checked, what is wrong, and whether that is all. */
export function reportText(report: Report): string {
  const { resources, versions, changes, problems, examples, danglingReferences } = report
  const more = problems - examples.length
  return [
    `${resources} resources, ${versions} versions, ${changes} changes checked.`,
    ...(danglingReferences > 0
      ? [`${danglingReferences} references lead to resources that are not here (allowed).`]
      : []),
    ...examples.map(({ check, reference, detail }) => `${check}: ${reference} ${detail}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
    problems === 0 ? 'All is well.' : `${problems} problems.`,
  ].join('\n')
}

const width = 40

function showProgress(share: number): void {
  const filled = Math.round(Math.min(share, 1) * width)
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled)
  process.stderr.write(`\r${bar} ${Math.floor(Math.min(share, 1) * 100)} %${share >= 1 ? '\n' : ''}`)
}
