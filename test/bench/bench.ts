/**
 * `npm run bench`: measures the server against limits that are measured in the same run on the same rows, prints a
 * table and writes results.json beside this file.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, platform, release, tmpdir, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { type EmbeddedPostgres, startPostgres } from '../../server/store/embedded-postgres.ts'
import { appRows } from './apps.ts'
import { auditRows } from './audit.ts'
import { bundleRows } from './bundles.ts'
import { crudRows, usersRows } from './crowds.ts'
import { type World, worldOf } from './data.ts'
import { deepRows } from './deep-pages.ts'
import { importRows } from './imports.ts'
import { type Loaded, loadWorld } from './load.ts'
import type { Machine, Pace } from './measure.ts'
import { type Listening, root, startListening, startLoad, startServer } from './processes.ts'
import { readRows } from './reads.ts'
import { type Row, tableText } from './report.ts'
import { pageRows } from './search-pages.ts'
import { selectiveRows } from './selective.ts'
import { diskRows, memoryRows, startRows } from './sizes.ts'
import { terminologyRows } from './terminology-rows.ts'
import { tokenRows } from './tokens.ts'
import { validationRows } from './validation-rows.ts'
import { writeRows } from './writes.ts'

export interface BenchOptions {
  readonly rows: number
  readonly quick: boolean
  /** Runs this part only. */
  readonly only?: string
  /** A folder whose database is used again by later runs; a temporary one when absent. */
  readonly keep?: string
}

/** What a part of the run works with. */
export interface Bench extends Machine {
  readonly world: World
  readonly loaded: Loaded
  readonly dataDir: string
  readonly postgresUrl: string
  readonly db: pg.Client
  readonly server: Listening
  readonly limit: Listening
  readonly pace: Pace
  readonly quick: boolean
  readonly say: (line: string) => void
}

export interface Part {
  readonly name: string
  readonly run: (bench: Bench) => Promise<readonly Row[]>
}

/** What only reads comes first: the data must be the same for all of it. */
export const parts: readonly Part[] = [
  { name: 'read', run: readRows },
  { name: 'token', run: tokenRows },
  { name: 'pages', run: pageRows },
  { name: 'deep', run: deepRows },
  { name: 'selective', run: selectiveRows },
  { name: 'users', run: usersRows },
  { name: 'memory', run: memoryRows },
  { name: 'audit', run: auditRows },
  { name: 'import', run: importRows },
  { name: 'write', run: writeRows },
  { name: 'bundle', run: bundleRows },
  { name: 'crud', run: crudRows },
  { name: 'validation', run: validationRows },
  { name: 'terminology', run: terminologyRows },
  { name: 'disk', run: diskRows },
  { name: 'start', run: startRows },
  { name: 'apps', run: appRows },
]

export async function runBench(options: BenchOptions, say: (line: string) => void): Promise<readonly Row[]> {
  const dataDir = options.keep === undefined ? mkdtempSync(join(tmpdir(), 'candela-bench-')) : resolve(options.keep)
  mkdirSync(dataDir, { recursive: true })
  try {
    const world = worldOf(options.rows)
    const postgres = await startPostgres(dataDir)
    try {
      const loaded = await loadWorld(dataDir, world, postgres, say)
      const rows = await runParts(options, { dataDir, world, loaded, say }, postgres)
      writeResults(rows, options, loaded)
      return rows
    } finally {
      await postgres.stop()
    }
  } finally {
    if (options.keep === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
}

async function runParts(
  { only, quick }: BenchOptions,
  given: Pick<Bench, 'dataDir' | 'world' | 'loaded' | 'say'>,
  postgres: EmbeddedPostgres,
): Promise<Row[]> {
  const db = new pg.Client({ connectionString: postgres.url })
  await db.connect()
  const load = startLoad()
  const limit = await startListening(join(import.meta.dirname, 'limit-server.ts'), [postgres.url])
  const rows: Row[] = []
  const pace = paceOf(quick)
  try {
    for (const part of parts) {
      if (only !== undefined && part.name !== only) continue
      given.say(`measuring: ${part.name}`)
      // A server of its own for each part: none inherits what another has warmed up or filled.
      const server = await startServer(given.dataDir)
      const bench = {
        ...given,
        load,
        limit,
        db,
        server,
        pace,
        quick,
        postmaster: postgres.pid,
        postgresUrl: postgres.url,
      }
      try {
        rows.push(...(await part.run(bench)))
      } catch (error) {
        rows.push({ work: part.name, measured: 'failed', target: '', met: false, note: String(error) })
        given.say(String((error as Error).stack))
      } finally {
        await server.stop()
      }
    }
  } finally {
    await limit.stop()
    await load.stop()
    await db.end()
  }
  return rows
}

function paceOf(quick: boolean): Pace {
  return quick ? { rounds: 3, slice: 500 } : { rounds: 5, slice: 1000 }
}

/** A part alone or a quick run is no result: its file stays as the last full run left it. */
function writeResults(rows: readonly Row[], { only, quick }: BenchOptions, loaded: Loaded): void {
  if (only !== undefined || quick) return
  const file = join(import.meta.dirname, 'results.json')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const results = {
    date: new Date().toISOString(),
    candela: version,
    node: process.version,
    machine: {
      system: `${platform()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memory: totalmem(),
    },
    resources: loaded.rows,
    bytes: loaded.bytes,
    pace: paceOf(quick),
    rows,
  }
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
}

export { tableText }
