/** Pages of 20 and 100 on the hot shapes, against a read. */
import type { Bench } from './bench.ts'
import { gets, interleave, type Measured } from './measure.ts'
import { readPaths } from './reads.ts'
import { cpu, milliseconds, type Row, rowOf } from './report.ts'
import { ask, matches, storedRows } from './samples.ts'
import { hotShapes, type Shape } from './shapes.ts'

const sizes = [
  { count: 20, target: '≤ 2.5' },
  { count: 100, target: '≤ 9' },
] as const

export async function pageRows(bench: Bench): Promise<Row[]> {
  const read = gets('read', bench.server, readPaths(await storedRows(bench.db, 'Observation', 2000)))
  const rows: Row[] = []
  for (const { count, target } of sizes) {
    // A page of 100 of what has one match is a page of one.
    const shapes = hotShapes(bench.world, count).filter((shape) => count === 20 || shape.full)
    const cases = []
    for (const shape of shapes) cases.push(gets(shape.name, bench.server, await usable(shape, count, bench)))
    const seen = await interleave([read, ...cases], bench, bench.pace)
    for (const { name } of cases)
      rows.push(pageRow(`search page of ${count}: ${name}`, seen.get(name)!, seen.get('read')!, target))
  }
  return rows
}

export function pageRow(work: string, page: Measured, read: Measured, target: string): Row {
  const ratio = page.p50 / read.p50
  return rowOf(work, `${milliseconds(page.p50)} p50, ${cpu(page)}`, target, ratio, {
    limit: `${milliseconds(read.p50)} p50, ${cpu(read)}`,
    ratio,
  })
}

/** The searches that fill a page, where they should. */
async function usable(shape: Shape, count: number, bench: Bench): Promise<readonly string[]> {
  if (!shape.full) return shape.paths
  const full = []
  for (const path of shape.paths) if (matches(await ask(bench.server.port, path)) === count) full.push(path)
  if (full.length === 0) throw new Error(`No search by ${shape.name} fills a page of ${count}.`)
  return full
}
