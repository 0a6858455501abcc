/** The files of a compressed tar archive that comes from outside, one after the other, within limits. */
import { Readable, Transform, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { PackageError } from '../fhir/packages/package-error.ts'

export interface ArchiveFile {
  /** Without `./` before it. */
  readonly path: string
  readonly bytes: Buffer
}

export interface ArchiveLimits {
  /** Bytes of all files together, and what goes with them. */
  readonly unpacked: number
  /** Bytes of one file. */
  readonly file: number
  readonly files: number
  /** How many times larger than the archive its contents may be, beyond what is small anyway. */
  readonly ratio: number
  readonly small: number
}

export const archiveLimits: ArchiveLimits = {
  unpacked: 1_500_000_000,
  file: 100_000_000,
  files: 100_000,
  ratio: 100,
  small: 20_000_000,
}

/** Refuses the archive as soon as it shows that it is not to be trusted. Directories are left out. */
export async function* archiveFiles(archive: Buffer, limits = archiveLimits): AsyncGenerator<ArchiveFile> {
  const unpacked = extract()
  const unpacking = pipeline(
    Readable.from([archive]),
    createGunzip(),
    counter(archive.length, limits),
    unpacked as unknown as Writable,
  )
  // Whoever reads the entries hears of it.
  unpacking.catch(() => {})
  let files = 0
  try {
    for await (const entry of unpacked) {
      files += 1
      if (files > limits.files) throw new PackageError(`The archive has more than ${limits.files} files.`)
      const path = safePath(entry.header)
      if (entry.header.type === 'directory') entry.resume()
      else yield { path, bytes: await bytesOf(entry, path, limits) }
    }
    await unpacking
  } catch (error) {
    if (error instanceof PackageError) throw error
    throw new PackageError(`The archive cannot be unpacked: ${(error as Error).message}.`)
  }
}

function counter(packed: number, { unpacked, ratio, small }: ArchiveLimits): Transform {
  const most = Math.min(unpacked, Math.max(small, packed * ratio))
  let count = 0
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      count += chunk.length
      if (count <= most) done(null, chunk)
      else
        done(new PackageError(`The archive unpacks to more than ${most} bytes, too much for one of ${packed} bytes.`))
    },
  })
}

const links: ReadonlySet<Header['type']> = new Set(['link', 'symlink'])
const plain: ReadonlySet<Header['type']> = new Set(['file', 'contiguous-file', 'directory'])

/** Nothing is written where an archive says; but one that tries is not read any further. */
function safePath({ name, type }: Header): string {
  const shown = JSON.stringify(name.slice(0, 200))
  if (links.has(type)) throw new PackageError(`The archive has a link, ${shown}: packages have none.`)
  if (!plain.has(type)) throw new PackageError(`The archive has something that is no file, ${shown}.`)
  const path = name.replace(/^(?:\.\/)+/, '')
  const leadsOut = /^[/\\]|^[A-Za-z]:|\\|\0/.test(path) || path.split('/').includes('..')
  if (leadsOut) throw new PackageError(`The archive has a file whose path leads out of it, ${shown}.`)
  return path
}

interface ArchiveEntry extends AsyncIterable<unknown> {
  readonly header: Header
}

async function bytesOf(entry: ArchiveEntry, path: string, { file }: ArchiveLimits): Promise<Buffer> {
  if (entry.header.size > file) throw new PackageError(`The file ${path} is larger than ${file} bytes.`)
  const chunks: Buffer[] = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
