/** The terminology service on half a million concepts, measured by a process of its own on a database of its own. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './bench.ts'
import { megabytes, milliseconds, type Row, rate, rowOf } from './report.ts'
import type { TerminologyFigures } from './terminology.ts'

const program = join(import.meta.dirname, 'terminology.ts')

/** By the names of the requests. */
const targets: readonly (readonly [work: string, request: string, most: number])[] = [
  ['$expand with a text filter', '$expand, filter, first time each', 15],
  ['$subsumes', '$subsumes', 2],
  ['$validate-code, code system', '$validate-code (system)', 1],
  ['$validate-code, value set', '$validate-code (value set)', 1],
]

export async function terminologyRows({ quick, say }: Pick<Bench, 'quick' | 'say'>): Promise<readonly Row[]> {
  const concepts = quick ? 50_000 : 500_000
  say(`Importing ${rate(concepts, ' concepts')}…`)
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(concepts)])
  const figures = JSON.parse(stdout.trim().split('\n').at(-1)!) as TerminologyFigures
  const { conceptsPerSecond, mostBytes, medians } = figures
  return [
    rowOf('import of concepts', rate(conceptsPerSecond), '≥ 40,000', conceptsPerSecond),
    rowOf('memory meanwhile', megabytes(mostBytes), '≤ 600', mostBytes / 1e6),
    ...targets.map(([work, request, most]) => {
      const median = medians[request]!
      return rowOf(`${work}, ${rate(concepts, ' concepts')}`, milliseconds(median), `≤ ${most}`, median)
    }),
  ]
}
