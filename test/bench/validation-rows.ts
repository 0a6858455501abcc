/** What it takes to validate an Observation, beside `@medplum/core` in the same process. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sharedFolder } from '../support/shared-data.ts'
import type { Bench } from './bench.ts'
import { notMeasured, type Row, rowOf } from './report.ts'
import type { ValidationFigures } from './validation.ts'

const program = join(import.meta.dirname, 'validation.ts')
const works = [
  { kind: 'base', work: 'validate an Observation', most: 40 },
  { kind: 'profile', work: 'the same with its US Core profile', most: 120 },
] as const

export async function validationRows({ say }: Pick<Bench, 'say'>): Promise<readonly Row[]> {
  if (!sharedFolder('synthea') || !sharedFolder('../packages')) {
    return works.map(({ work, most }) => notMeasured(work, `≤ ${most}`, 'no ../shared/data here'))
  }
  say('Validating Observations…')
  const { stdout } = await promisify(execFile)(process.execPath, [program])
  const { own, medplum } = JSON.parse(stdout.trim().split('\n').at(-1)!) as ValidationFigures
  return works.flatMap(({ kind, work, most }) => {
    const [ours, theirs] = [own[kind].median, medplum[kind].median]
    const ratio = theirs / ours
    const limit = `${theirs.toFixed(0)} µs`
    return [
      rowOf(work, `${ours.toFixed(1)} µs`, `≤ ${most}`, ours),
      rowOf(`${work}, beside @medplum/core`, `${ours.toFixed(1)} µs`, '≥ 20', ratio, { limit, ratio }),
    ]
  })
}
