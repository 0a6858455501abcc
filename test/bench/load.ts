/** Fills a data folder with the world, and remembers what that took. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { EmbeddedPostgres } from '../../server/store/embedded-postgres.ts'
import { backendTimes, memoryOf, processTime, spent } from './cpu.ts'
import { resourcesOf, type World } from './data.ts'
import { root, serverSettings } from './processes.ts'

/** What is known of a loaded folder. */
export interface Loaded extends ImportCost {
  readonly asked: number
  readonly rows: number
  /** Of the resources' JSON. */
  readonly bytes: number
}

const resourcesPerFile = 50_000

/** Writes the world as NDJSON: the input of an import. */
export function writeInput(folder: string, world: World): { rows: number; bytes: number } {
  mkdirSync(folder, { recursive: true })
  let rows = 0
  let bytes = 0
  let file = -1
  let lines: string[] = []
  const flush = () => {
    const text = Buffer.from(lines.join(''))
    bytes += text.length - lines.length
    if (text.length > 0) writeSync(file, text)
    lines = []
  }
  for (const resource of resourcesOf(world)) {
    if (rows % resourcesPerFile === 0) {
      flush()
      if (file >= 0) closeSync(file)
      file = openSync(join(folder, `${String(rows / resourcesPerFile).padStart(4, '0')}.ndjson`), 'w')
    }
    lines.push(`${JSON.stringify(resource)}\n`)
    rows++
    if (lines.length === 1000) flush()
  }
  flush()
  closeSync(file)
  return { rows, bytes }
}

/** The lines of all input files, file by file. */
export function* inputLines(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    for (const line of readFileSync(join(folder, name), 'utf8').split('\n')) if (line !== '') yield line
  }
}

/** Loads the world unless the folder holds it already. */
export async function loadWorld(
  dataDir: string,
  world: World,
  postgres: EmbeddedPostgres,
  say: (line: string) => void,
): Promise<Loaded> {
  const record = join(dataDir, 'bench.json')
  if (existsSync(record)) {
    const loaded = JSON.parse(readFileSync(record, 'utf8')) as Loaded
    if (loaded.asked !== world.rows) throw new Error(`${dataDir} holds ${loaded.asked} rows: ask for as many.`)
    return loaded
  }
  const input = join(dataDir, 'input')
  const { rows, bytes } = writeInput(input, world)
  say(`generated ${rows} resources, ${Math.round(bytes / 1e6)} MB; importing`)
  const cost = await runImport(input, dataDir, postgres.pid)
  await settle(postgres.url)
  const loaded = { asked: world.rows, rows, bytes, ...cost }
  writeFileSync(record, JSON.stringify(loaded))
  return loaded
}

/** What an import took: from the start of the command to its end. */
export interface ImportCost {
  readonly seconds: number
  /** Seconds of CPU. */
  readonly nodeCpu: number
  readonly postgresCpu: number
  /** Bytes of memory that the command held at most. */
  readonly memory: number
}

/** Runs `candela import` on a folder. */
export async function runImport(input: string, dataDir: string, postmaster: number): Promise<ImportCost> {
  const started = performance.now()
  const before = backendTimes(postmaster)
  const child = spawn(process.execPath, ['server/cli.ts', 'import', input], {
    cwd: root,
    env: { ...process.env, ...serverSettings(dataDir) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text = (text + chunk).slice(-4000)
    })
  }
  const cost = { nodeCpu: 0, postgresCpu: 0, memory: 0 }
  // Both can be read while the processes live; what is spent after the last look is not seen.
  const look = setInterval(() => {
    cost.nodeCpu = Math.max(cost.nodeCpu, processTime(child.pid!) / 1e9)
    cost.postgresCpu = Math.max(cost.postgresCpu, spent(before, backendTimes(postmaster)) / 1e9)
    cost.memory = Math.max(cost.memory, memoryOf(child.pid!).most)
  }, 200)
  const [code] = (await once(child, 'exit')) as [number]
  clearInterval(look)
  if (code !== 0) throw new Error(`candela import ended with ${code}:\n${text}`)
  return { seconds: (performance.now() - started) / 1000, ...cost }
}

/** What autovacuum and the checkpointer would do in the next minutes. */
async function settle(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum analyze')
  await client.query('checkpoint')
  await client.end()
}
