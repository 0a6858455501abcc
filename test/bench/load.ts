/** Fills a data folder with the world, and remembers what that took. */
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
import { readConfig } from '../../server/config.ts'
import type { Context } from '../../server/context.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { prepareVersion } from '../../server/interactions/write.ts'
import { openCore } from '../../server/main.ts'
import { raw } from '../../server/sql.ts'
import { type BulkWrite, writeVersions } from '../../server/store/bulk-write.ts'
import { backendTimes, processTime, spent } from './cpu.ts'
import { resourcesOf, type World } from './data.ts'
import { serverSettings } from './processes.ts'

/** What is known of a loaded folder. */
export interface Loaded {
  readonly asked: number
  readonly rows: number
  /** Of the resources' JSON. */
  readonly bytes: number
  readonly seconds: number
  /** Microseconds of CPU per resource. */
  readonly nodeCpu: number
  readonly postgresCpu: number
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
  postmaster: number,
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
  say(`generated ${rows} resources, ${Math.round(bytes / 1e6)} MB`)
  const took = await loadDirectly(dataDir, input, postmaster, say)
  const loaded = {
    asked: world.rows,
    rows,
    bytes,
    seconds: took.seconds,
    nodeCpu: took.node / rows / 1000,
    postgresCpu: took.postgres / rows / 1000,
  }
  writeFileSync(record, JSON.stringify(loaded))
  return loaded
}

const batchSize = 1000

/** By the product's own bulk writes, two batches at a time: one is stored while the next is made. */
async function loadDirectly(
  dataDir: string,
  input: string,
  postmaster: number,
  say: (line: string) => void,
): Promise<{ seconds: number; node: number; postgres: number }> {
  const { context, close } = await openCore(readConfig(serverSettings(dataDir)))
  const before = { at: performance.now(), node: processTime(process.pid), postgres: backendTimes(postmaster) }
  const running = new Set<Promise<void>>()
  try {
    let writes: BulkWrite[] = []
    let done = 0
    const store = async () => {
      const stored: Promise<void> = storeBatch(writes, context).finally(() => running.delete(stored))
      running.add(stored)
      done += writes.length
      writes = []
      if (done % 50_000 < batchSize) say(`loaded ${done}`)
      if (running.size > 1) await Promise.race(running)
    }
    for (const line of inputLines(input)) {
      const resource = JSON.parse(line) as JsonObject
      const [type, id] = [resource['resourceType'] as string, resource['id'] as string]
      const version = prepareVersion(resource, id, context.indexes.terms.key(type, id), context)
      writes.push({ op: 'create', version })
      if (writes.length === batchSize) await store()
    }
    await store()
    await Promise.all(running)
    const after = {
      seconds: (performance.now() - before.at) / 1000,
      node: processTime(process.pid) - before.node,
      postgres: spent(before.postgres, backendTimes(postmaster)),
    }
    await context.store.database.query(raw('vacuum analyze'), { prepared: false })
    await context.store.database.query(raw('checkpoint'), { prepared: false })
    return after
  } finally {
    await Promise.allSettled(running)
    await close()
  }
}

async function storeBatch(writes: readonly BulkWrite[], { store, access }: Context): Promise<void> {
  await store.database.transaction((tx) => writeVersions(tx, store, writes, access))
}
