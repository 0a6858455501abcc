/** Imports against COPY of the same contents, in and out. */
import { join } from 'node:path'
import pg from 'pg'
import type { Bench } from './bench.ts'
import { copyIn, copyOut, copyText } from './copy.ts'
import { inputLines } from './load.ts'
import { megabytes, type Row, rate, rowOf } from './report.ts'

const table = 'bench_copy'

export async function importRows(bench: Bench): Promise<Row[]> {
  const { loaded } = bench
  const { into, out } = await copyRates(bench)
  const perSecond = loaded.rows / loaded.seconds
  const microseconds = (seconds: number) => Math.round((seconds / loaded.rows) * 1e6)
  const spent = `${microseconds(loaded.nodeCpu)} + ${microseconds(loaded.postgresCpu)} µs CPU each`
  return [
    rowOf(
      `import of ${loaded.rows} resources as NDJSON, resources/s`,
      `${rate(perSecond)}, ${spent}`,
      '≥ 8,000',
      perSecond,
    ),
    rowOf('import versus COPY in', rate(perSecond), '≥ 0.4', perSecond / into, {
      limit: `COPY in ${rate(into)}, out ${rate(out)}`,
      ratio: perSecond / into,
    }),
    rowOf('RSS while importing, at most, MB', megabytes(loaded.memory), '≤ 600', loaded.memory / 1024 / 1024),
  ]
}

/** Rows per second of COPY over one connection, of contents that are ready in memory. */
async function copyRates({ dataDir, postgresUrl, quick }: Bench): Promise<{ into: number; out: number }> {
  const contents = [...inputLines(join(dataDir, 'input')).take(quick ? 20_000 : 100_000)]
  const chunks: Buffer[] = []
  for (let i = 0; i < contents.length; i += 500) {
    chunks.push(
      Buffer.from(
        contents
          .slice(i, i + 500)
          .map((text, k) => `${i + k}\t${copyText(text)}\n`)
          .join(''),
      ),
    )
  }
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  const perSecond = async (work: () => Promise<unknown>) => {
    const started = performance.now()
    await work()
    return (contents.length / (performance.now() - started)) * 1000
  }
  try {
    await client.query(`drop table if exists ${table}`)
    const into: number[] = []
    const out: number[] = []
    for (let round = 0; round < 3; round++) {
      await client.query(`create table ${table} (id bigint primary key, content text not null)`)
      into.push(await perSecond(() => copyIn(client, `copy ${table} from stdin`, chunks)))
      out.push(await perSecond(() => copyOut(client, `copy (select content from ${table}) to stdout (format binary)`)))
      await client.query(`drop table ${table}`)
    }
    return { into: Math.max(...into), out: Math.max(...out) }
  } finally {
    await client.end()
  }
}
