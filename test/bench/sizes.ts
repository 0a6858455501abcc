/** Bytes on disk and in memory, and the time to start. */
import type { Bench } from './bench.ts'
import { memoryOf } from './cpu.ts'
import { gets, measure } from './measure.ts'
import { startServer } from './processes.ts'
import { readPaths } from './reads.ts'
import { megabytes, milliseconds, type Row, rowOf } from './report.ts'
import { storedRows } from './samples.ts'

export async function diskRows({ db, say }: Bench): Promise<Row[]> {
  const { rows: tables } = await db.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
       and (relname like 'r\\_%' or relname = 'history') and relpages > 0`,
  )
  let raw = 0
  for (const { name } of tables) {
    const { rows } = await db.query<{ bytes: string }>(
      `select coalesce(sum(octet_length(content)), 0) as bytes from ${name}`,
    )
    raw += Number(rows[0]!.bytes)
  }
  const { rows: sizes } = await db.query<{ name: string; bytes: string }>(
    `select c.relname as name, pg_relation_size(c.oid) + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) as bytes
     from pg_class c where c.relkind in ('r', 'i') and c.relnamespace = 'public'::regnamespace order by 2 desc`,
  )
  for (const { name, bytes } of sizes.slice(0, 40)) say(`  ${name.padEnd(32)} ${megabytes(Number(bytes))}`)
  const stored = sizes.reduce((sum, { bytes }) => sum + Number(bytes), 0)
  const ratio = stored / raw
  return [
    rowOf('disk, all tables and indexes', megabytes(stored), '≤ 1.6', ratio, {
      limit: `${megabytes(raw)} of JSON`,
      ratio,
    }),
  ]
}

/** What the server holds when it has nothing to do: just started, and after it was busy. */
export async function memoryRows(bench: Bench): Promise<Row[]> {
  const { server, db } = bench
  const started = memoryOf(server.pid).now
  const paths = readPaths(await storedRows(db, 'Observation', 2000))
  const reads = await measure(gets('read', server, paths, 16), bench, 3 * bench.pace.slice)
  const after = memoryOf(server.pid).now
  const megabyte = 1024 * 1024
  return [
    rowOf('server RSS after start, MB', megabytes(started), '≤ 350', started / megabyte),
    rowOf(`server RSS after ${reads.count} reads, MB`, megabytes(after), '≤ 350', after / megabyte),
  ]
}

/** From the start of the process to the line that tells the URL: its PostgreSQL runs, or starts with it. */
export async function startRows({ dataDir, quick }: Bench): Promise<Row[]> {
  const times: number[] = []
  for (let i = 0; i < (quick ? 2 : 4); i++) {
    const server = await startServer(dataDir)
    times.push(server.readyAfter)
    await server.stop()
  }
  const best = Math.min(...times)
  return [rowOf('start to ready, warm, PostgreSQL running, ms', milliseconds(best), '≤ 3000', best)]
}
