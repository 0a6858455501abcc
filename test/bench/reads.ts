/** Reads by id, against a route that returns the same rows and does nothing else. */
import type { Bench } from './bench.ts'
import { gets, interleave } from './measure.ts'
import { cpu, milliseconds, type Row, rate, rowOf } from './report.ts'
import { type Stored, storedRows } from './samples.ts'

export async function readRows(bench: Bench): Promise<Row[]> {
  const stored = await storedRows(bench.db, 'Observation', 4000)
  const served = readPaths(stored)
  const limit = stored.map(({ pk }) => `/row/${pk}`)
  const cases = [1, 16, 32].flatMap((connections) => [
    gets(`read ${connections}`, bench.server, served, connections),
    gets(`limit ${connections}`, bench.limit, limit, connections),
  ])
  const seen = await interleave(cases, bench, bench.pace)

  const rows = [16, 32].map((connections) => {
    const [read, most] = [seen.get(`read ${connections}`)!, seen.get(`limit ${connections}`)!]
    const ratio = read.perSecond / most.perSecond
    return rowOf(`read by id, ${connections} connections`, `${rate(read.perSecond)}, ${cpu(read)}`, '≥ 0.85', ratio, {
      limit: `${rate(most.perSecond)}, ${cpu(most)}`,
      ratio,
    })
  })
  const [alone, loaded, limitAlone] = [seen.get('read 1')!, seen.get('read 16')!, seen.get('limit 1')!]
  const spent = loaded.nodeCpu + loaded.postgresCpu
  return [
    ...rows,
    rowOf('read by id, µs CPU (Node + PostgreSQL), 16 connections', Math.round(spent).toString(), '≤ 150', spent),
    {
      work: 'read by id, one connection',
      measured: `${milliseconds(alone.p50)} p50, ${cpu(alone)}`,
      limit: `${milliseconds(limitAlone.p50)} p50, ${cpu(limitAlone)}`,
      ratio: alone.p50 / limitAlone.p50,
      target: '',
    },
  ]
}

export function readPaths(stored: readonly Stored[]): string[] {
  return stored.map(({ id }) => `/fhir/Observation/${id}`)
}
