/** Searches beyond the hot shapes, at about 1 % selectivity. */
import type { Bench } from './bench.ts'
import { gets, interleave } from './measure.ts'
import { cpu, milliseconds, type Row, rowOf } from './report.ts'
import { ask } from './samples.ts'
import { selectiveShapes } from './shapes.ts'

export async function selectiveRows(bench: Bench): Promise<Row[]> {
  const shapes = selectiveShapes()
  const seen = await interleave(
    shapes.map(({ name, paths }) => gets(name, bench.server, paths)),
    bench,
    bench.pace,
  )
  const rows: Row[] = []
  for (const { name, paths } of shapes) {
    const found = seen.get(name)!
    const { total } = await ask(bench.server.port, `${paths[0]!.replace('&_summary=count', '')}&_summary=count`)
    rows.push(
      rowOf(`${name} (${total} matches)`, `${milliseconds(found.p50)} p50, ${cpu(found)}`, '≤ 10', found.p50, {
        note: `p95 ${milliseconds(found.p95)}`,
      }),
    )
  }
  return rows
}
