/** The files of an import: which there are, what they hold, in which order they go. */
import { createHash } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export type FileKind = 'ndjson' | 'json'

export interface ImportFile {
  readonly path: string
  /** Bytes on disk, compressed or not. */
  readonly size: number
  readonly gzip: boolean
  readonly kind: FileKind
  /** Files of a lower rank are referred to by those of a higher one, and go first. */
  readonly rank: number
}

/** Names a path that cannot be imported: bad usage of the command. */
export class ImportPathError extends Error {}

const extension = /\.(ndjson|jsonl|json)(\.gz)?$/i
const headSize = 64 * 1024

/** The files at the paths and in the folders below them, in the order in which they are to be imported. */
export async function importFiles(paths: readonly string[]): Promise<ImportFile[]> {
  const found: string[] = []
  for (const path of paths) found.push(...(await filesAt(path)))
  const files: ImportFile[] = []
  for (const path of new Set(found)) files.push(await describe(path))
  return files.sort((a, b) => a.rank - b.rank)
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new ImportPathError(`There is no file or folder '${path}'.`)
  if (!found.isDirectory()) return [path]
  const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const nested = await Promise.all(entries.map((entry) => filesIn(path, entry)))
  return nested.flat()
}

/** Of a folder, only what is named as FHIR data is. */
async function filesIn(folder: string, entry: Dirent): Promise<string[]> {
  const path = join(folder, entry.name)
  if (entry.name.startsWith('.')) return []
  if (entry.isDirectory()) return filesAt(path)
  return extension.test(entry.name) ? [path] : []
}

async function describe(path: string): Promise<ImportFile> {
  const gzip = await isGzip(path)
  const head = await readHead(path, gzip)
  const { size } = await stat(path)
  const kind = kindOf(path, head)
  return { path, size, gzip, kind, rank: rankOf(basename(path), head) }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}

async function readHead(path: string, gzip: boolean): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  const { stream } = openText({ path, gzip })
  try {
    for await (const chunk of stream) {
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length >= headSize) break
    }
  } catch {
    // What cannot be read is reported when it is imported.
  }
  stream.destroy()
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}

/** One resource per line, or one JSON document. */
export function kindOf(path: string, head: string): FileKind {
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path)) return 'ndjson'
  const [first = '', second = ''] = head.split(/\r?\n/, 2)
  if (!second.startsWith('{')) return 'json'
  try {
    JSON.parse(first)
    return 'ndjson'
  } catch {
    return 'json'
  }
}

/** What others refer to by search, in the order in which it refers to each other. */
const ranks: readonly (readonly [RegExp, ReadonlySet<string>])[] = [
  [/hospitalInformation/i, new Set(['Organization', 'Location', 'Endpoint'])],
  [
    /practitionerInformation/i,
    new Set(['Organization', 'Location', 'Endpoint', 'Practitioner', 'PractitionerRole', 'HealthcareService']),
  ],
]

/** By the usual names of such files, else by the types at the beginning; batches before transactions. */
export function rankOf(name: string, head: string): number {
  const types = [...head.matchAll(/"resourceType"\s*:\s*"(\w+)"/g)].map((match) => match[1]!)
  const resources = types.filter((type) => type !== 'Bundle')
  const rank = ranks.findIndex(
    ([pattern, known]) => pattern.test(name) || (resources.length > 0 && resources.every((type) => known.has(type))),
  )
  if (rank >= 0) return rank
  return /^\s*\{[^[]*?"type"\s*:\s*"batch"/.test(head) ? ranks.length : ranks.length + 1
}

export interface OpenText {
  readonly stream: Readable
  /** Bytes read from disk so far. */
  readonly bytesRead: () => number
}

/** The uncompressed bytes of a file from a position on; of a compressed one the caller passes over those before it. */
export function openText({ path, gzip }: Pick<ImportFile, 'path' | 'gzip'>, start = 0): OpenText {
  const file = createReadStream(path, { highWaterMark: 256 * 1024, start: gzip ? 0 : start })
  const bytesRead = () => (gzip ? 0 : start) + file.bytesRead
  if (!gzip) return { stream: file, bytesRead }
  const stream = createGunzip({ chunkSize: 256 * 1024 })
  file.on('error', (error) => stream.destroy(error))
  stream.on('close', () => file.destroy())
  return { stream: file.pipe(stream), bytesRead }
}

/** A JSON document is read whole. */
export const largestDocument = 200 * 1024 * 1024

/** The uncompressed bytes of a file. Not joined from chunks: that would take twice its size. */
export async function readWhole(file: ImportFile, largest = largestDocument): Promise<Buffer<ArrayBuffer>> {
  // Not of the pool: it may be handed to another thread.
  let bytes = Buffer.allocUnsafeSlow(Math.min(largest, file.gzip ? await uncompressedSize(file) : file.size))
  let length = 0
  for await (const chunk of openText(file).stream) {
    const part = chunk as Buffer
    if (length + part.length > largest) {
      throw new Error(`A JSON document of more than ${largest} bytes is too large to be read whole. Use NDJSON.`)
    }
    if (length + part.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(largest, Math.max(bytes.length * 2, length + part.length)))
      bytes.copy(larger, 0, 0, length)
      bytes = larger
    }
    part.copy(bytes, length)
    length += part.length
  }
  return bytes.subarray(0, length)
}

/** What the end of a gzip file says; of one of several members too little. */
async function uncompressedSize({ path, size }: ImportFile): Promise<number> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4))
    return buffer.readUInt32LE(0)
  } finally {
    await file.close()
  }
}

/** Files up to this size are known by all of their bytes. */
const wholeSize = 16 * 1024 * 1024
const samples = { count: 64, size: 128 * 1024 }

/** Knows a file by its content, wherever it lies: all bytes of a small one; of a large one its size and samples. */
export async function fingerprintOf({ path, size }: Pick<ImportFile, 'path' | 'size'>): Promise<string> {
  const hash = createHash('sha256').update(`${size}\n`)
  const file = await open(path)
  try {
    const count = size <= wholeSize ? Math.ceil(size / samples.size) : samples.count
    const step = size <= wholeSize ? samples.size : (size - samples.size) / (count - 1)
    const buffer = Buffer.allocUnsafe(samples.size)
    for (let i = 0; i < count; i++) {
      const { bytesRead } = await file.read(buffer, 0, samples.size, Math.floor(i * step))
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
