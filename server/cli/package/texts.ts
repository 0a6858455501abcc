/** What `candela package` says. */
import { issueText } from '../../fhir/outcome.ts'
import type { EntryProblem } from '../../fhir/packages/entry.ts'
import { packageText } from '../../fhir/packages/manifest.ts'
import { type Changed, manifestOf } from '../../packages/install.ts'
import type { OpenedPackage } from '../../packages/open-package.ts'
import type { Db } from '../../store/database.ts'
import { countPackageResources, installedPackages } from '../../store/packages.ts'

/** One line for each installed package, and one for each of its files that was not taken. */
export async function listText(db: Db): Promise<string> {
  const [packages, counts] = [await installedPackages(db), await countPackageResources(db)]
  if (packages.length === 0) return 'No package is installed.'
  return packages
    .flatMap((row) => {
      const { title } = manifestOf(row)
      const count = countsText(counts.get(row.number) ?? new Map())
      const problems = JSON.parse(row.problems) as EntryProblem[]
      const why = row.requested ? '' : ' (others depend on it)'
      return [
        `${packageText(row)}${title === undefined ? '' : `, ${title}`}${why}: ${count}`,
        ...problems.map(problemText),
      ]
    })
    .join('\n')
}

/** What is in a package that is about to be installed, and what of it is not taken. */
export function installationText({ manifest, resources, problems, examples, others }: OpenedPackage): string {
  const counts = new Map<string, number>()
  for (const { type } of resources.places) counts.set(type, (counts.get(type) ?? 0) + 1)
  const folders = [...others].map(([folder, count]) => `${folder} (${count})`).sort()
  return [
    `${packageText(manifest)}: ${countsText(counts)}`,
    ...problems.map(problemText),
    ...(examples > 0 ? [`  ${examples} examples are not installed.`] : []),
    ...(folders.length > 0 ? [`  Files that are no resources of the package: ${folders.join(', ')}`] : []),
  ].join('\n')
}

/** What was done, and which search parameters cannot be used. */
export function changedText({ names, refused }: Changed, done: string): string {
  return [
    names.length === 0 ? 'All of it is installed already.' : `${done} ${names.join(', ')}.`,
    ...refused.map((issue) => `  ${issueText(issue)}`),
  ].join('\n')
}

function countsText(counts: ReadonlyMap<string, number>): string {
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
  const parts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => `${count} ${type}`)
  return `${all} resources${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`
}

function problemText({ file, reason, installed }: EntryProblem): string {
  return `  ${installed ? 'Taken as it is' : 'Not taken'}: ${file}: ${reason}`
}
