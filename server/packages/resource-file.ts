/**
 * Resources in one file with a table of contents at its end: a resource is read and parsed when it is first asked for.
 * What is parsed is kept as long as somebody uses it, and the latest a while longer.
 */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonObject, parseStored } from '../fhir/json.ts'

/** Where a resource is, and what it is known by. `version` is empty where it has none. */
export interface Place {
  readonly type: string
  readonly url: string
  readonly version: string
  /** Its name in the package. */
  readonly file: string
  readonly start: number
  readonly end: number
}

export interface ResourceFile {
  /** Of all that is in it. */
  readonly digest: string
  readonly places: readonly Place[]
  text(place: Place): string
  resource(place: Place): JsonObject
}

export interface ResourceFileWriter {
  add(resource: Omit<Place, 'start' | 'end'>, text: string): void
  /** `name`: instead of one made of the digest. */
  finish(name?: string): ResourceFile
  /** Leaves nothing behind; to be called if it is not finished. */
  abandon(): void
}

const lengthBytes = 8
const mark = 'candela1'

export function fileName(digest: string): string {
  return `resources-${digest.slice(0, 32)}.bin`
}

/** The file of that name in the first of `folders` that has it. */
export function openResourceFile(folders: readonly string[], name: string): ResourceFile | undefined {
  for (const folder of folders) {
    try {
      return readFile(join(folder, name))
    } catch {}
  }
  return undefined
}

/** Writes into the first of `folders` that can be written to, else into memory. */
export function writeResourceFile(folders: readonly string[]): ResourceFileWriter {
  const target = fileTarget(folders) ?? memoryTarget()
  const places: Place[] = []
  const hash = createHash('sha256')
  let position = 0
  const write = (bytes: Buffer) => {
    hash.update(bytes)
    target.write(bytes)
    position += bytes.length
  }
  return {
    add: (resource, text) => {
      const start = position
      write(Buffer.from(text))
      places.push({ ...resource, start, end: position })
    },
    finish: (name) => {
      const table = Buffer.from(JSON.stringify(places.map(rowOf)))
      write(table)
      const length = Buffer.alloc(lengthBytes)
      length.writeBigUInt64BE(BigInt(table.length))
      write(length)
      const digest = hash.digest('hex')
      target.write(Buffer.from(digest + mark))
      return target.finish(name ?? fileName(digest))
    },
    abandon: target.abandon,
  }
}

interface Target {
  write(bytes: Buffer): void
  finish(name: string): ResourceFile
  abandon(): void
}

let written = 0

function fileTarget(folders: readonly string[]): Target | undefined {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true })
      // Written aside and renamed, so that another process never reads half a file.
      const aside = join(folder, `.${process.pid}-${++written}.part`)
      const descriptor = openSync(aside, 'w')
      return {
        write: (bytes) => {
          writeSync(descriptor, bytes)
        },
        finish: (name) => {
          closeSync(descriptor)
          renameSync(aside, join(folder, name))
          return readFile(join(folder, name))
        },
        abandon: () => {
          closeSync(descriptor)
          rmSync(aside, { force: true })
        },
      }
    } catch {}
  }
  return undefined
}

function memoryTarget(): Target {
  const chunks: Buffer[] = []
  return {
    write: (bytes) => {
      chunks.push(bytes)
    },
    finish: () => {
      const bytes = Buffer.concat(chunks)
      return openRange(bytes.length, (start, end) => bytes.subarray(start, end))
    },
    abandon: () => {},
  }
}

function readFile(path: string): ResourceFile {
  const descriptor = openSync(path, 'r')
  try {
    const file = openRange(statSync(path).size, (start, end) => readRange(descriptor, start, end))
    // Open as long as somebody has it: it may be replaced or removed meanwhile.
    unused.register(file, descriptor)
    return file
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

const unused = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor))

function readRange(descriptor: number, start: number, end: number): Buffer {
  const bytes = Buffer.alloc(end - start)
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, start + done)
    if (count === 0) throw new Error('A file of resources is shorter than it should be.')
    done += count
  }
  return bytes
}

const endBytes = 64 + mark.length

function openRange(size: number, read: (start: number, end: number) => Buffer): ResourceFile {
  const end = read(size - endBytes - lengthBytes, size)
  if (end.toString('latin1', lengthBytes + 64) !== mark) throw new Error('This is no file of resources.')
  const tableEnd = size - endBytes - lengthBytes
  const table = read(tableEnd - Number(end.readBigUInt64BE()), tableEnd).toString()
  const places = (JSON.parse(table) as Row[]).map(placeOf)
  const text = ({ start, end }: Place) => read(start, end).toString()
  const parsed = new Map<Place, WeakRef<JsonObject>>()
  const resource = (place: Place): JsonObject => {
    const known = parsed.get(place)?.deref() ?? parseStored(text(place))
    if (!parsed.get(place)?.deref()) parsed.set(place, new WeakRef(known))
    keep(place, known)
    return known
  }
  return { digest: end.toString('latin1', lengthBytes, lengthBytes + 64), places, text, resource }
}

/** Bytes of text of what is kept in memory although nobody may use it. */
const mostKept = 24_000_000
const kept = new Map<Place, JsonObject>()
let keptBytes = 0

function keep(place: Place, resource: JsonObject): void {
  if (kept.delete(place)) keptBytes -= place.end - place.start
  kept.set(place, resource)
  keptBytes += place.end - place.start
  for (const oldest of kept.keys()) {
    if (keptBytes <= mostKept) return
    kept.delete(oldest)
    keptBytes -= oldest.end - oldest.start
  }
}

type Row = readonly [type: string, url: string, version: string, file: string, start: number, end: number]

function rowOf({ type, url, version, file, start, end }: Place): Row {
  return [type, url, version, file, start, end]
}

function placeOf([type, url, version, file, start, end]: Row): Place {
  return { type, url, version, file, start, end }
}
