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
import type pg from 'pg'
import { readConfig } from '../../server/config.ts'
import type { Context } from '../../server/context.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { contentOf, prepareVersion } from '../../server/interactions/write.ts'
import { openCore } from '../../server/main.ts'
import { sql } from '../../server/sql.ts'
import { presentBits, sideJson, storeDictionaries } from '../../server/store/side-rows.ts'
import type { NewVersion } from '../../server/store/store.ts'
import { copyIn, copyText } from './copy.ts'
import { resourcesOf, type World } from './data.ts'
import { serverSettings } from './processes.ts'

/** What is known of a loaded folder. */
export interface Loaded {
  readonly asked: number
  readonly rows: number
  /** Of the resources' JSON. */
  readonly bytes: number
  readonly seconds: number
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
export async function loadWorld(dataDir: string, world: World, say: (line: string) => void): Promise<Loaded> {
  const record = join(dataDir, 'bench.json')
  if (existsSync(record)) {
    const loaded = JSON.parse(readFileSync(record, 'utf8')) as Loaded
    if (loaded.asked !== world.rows) throw new Error(`${dataDir} holds ${loaded.asked} rows: ask for as many.`)
    return loaded
  }
  const input = join(dataDir, 'input')
  const { rows, bytes } = writeInput(input, world)
  say(`generated ${rows} resources, ${Math.round(bytes / 1e6)} MB`)
  const started = performance.now()
  await loadDirectly(dataDir, input, say)
  const loaded = { asked: world.rows, rows, bytes, seconds: (performance.now() - started) / 1000 }
  writeFileSync(record, JSON.stringify(loaded))
  return loaded
}

const batchSize = 2000

async function loadDirectly(dataDir: string, input: string, say: (line: string) => void): Promise<void> {
  const { context, close } = await openCore(readConfig(serverSettings(dataDir)))
  const client = await context.store.database.pool.connect()
  try {
    let batch: NewVersion[] = []
    let done = 0
    const store = async () => {
      await storeBatch(client, batch, context)
      done += batch.length
      batch = []
      if (done % 50_000 < batchSize) say(`loaded ${done}`)
    }
    for (const line of inputLines(input)) {
      const resource = JSON.parse(line) as JsonObject
      const [type, id] = [resource['resourceType'] as string, resource['id'] as string]
      batch.push(prepareVersion(resource, id, context.indexes.terms.key(type, id), context))
      if (batch.length === batchSize) await store()
    }
    await store()
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    client.release()
    await close()
  }
}

async function storeBatch(client: pg.PoolClient, versions: readonly NewVersion[], context: Context): Promise<void> {
  const { store } = context
  await storeDictionaries(store, versions)
  await client.query('begin')
  for (const [type, list] of Map.groupBy(versions, (version) => version.type)) {
    await copyIn(client, `copy r_${type.toLowerCase()} from stdin`, [Buffer.from(list.map(rowText).join(''))])
  }
  const changes = versions.map((v) => `${store.typeNumbers.get(v.type)}\t${v.key}\t1\tC\t${v.ts}\n`)
  await copyIn(client, 'copy change_log (type, pk, version, op, ts) from stdin', [Buffer.from(changes.join(''))])
  const sides = versions
    .map((version) => ({ version, side: sideJson(version, store.typeNumbers) }))
    .filter((v) => v.side)
  const list = sql`
    select put_side(pk, type, side) from unnest(${sides.map((s) => String(s.version.key))}::bigint[],
      ${sides.map((s) => store.typeNumbers.get(s.version.type))}::smallint[], ${sides.map((s) => s.side)}::jsonb[])
      as u (pk, type, side)`
  await client.query(
    list.strings.reduce((text, part, i) => `${text}$${i}${part}`),
    list.values as unknown[],
  )
  await client.query('commit')
}

function rowText(version: NewVersion): string {
  const { index, key, ts } = version
  const { patient, d0, d1, code, number, unit, terms } = index
  const values = [key, 1, ts, patient, d0, d1, code, number, unit, presentBits(version), `{${terms.join(',')}}`]
  return `${[...values, contentOf(version, 1)].map(copyText).join('\t')}\n`
}
