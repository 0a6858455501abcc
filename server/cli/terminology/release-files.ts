/** The files of a release: those of a folder and below it, of a zip archive, or a single one. */
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ReleaseError, type ReleaseFile } from './release.ts'

export interface ReleaseFiles {
  readonly files: readonly ReleaseFile[]
  /** What they came from: versions are often told by it alone. */
  readonly name: string
  readonly close: () => void
}

/** More entries than the largest releases have: an archive of millions is none. */
const mostFiles = 20_000

/** Nothing is unpacked to the disk: what is in an archive is read from there. */
export async function openReleaseFiles(path: string): Promise<ReleaseFiles> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new ReleaseError(`There is no file or folder '${path}'.`)
  const name = basename(path)
  if (found.isDirectory()) return { name, files: await filesBelow(path, path), close: () => {} }
  if (await isZip(path)) return openZip(path)
  return { name, files: [await fileOnDisk(name, path)], close: () => {} }
}

async function filesBelow(root: string, folder: string): Promise<ReleaseFile[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files: ReleaseFile[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) files.push(...(await filesBelow(root, path)))
    else if (entry.isFile()) files.push(await fileOnDisk(relative(root, path).split(sep).join('/'), path))
    if (files.length > mostFiles) throw new ReleaseError(`There are more than ${mostFiles} files in '${folder}'.`)
  }
  return files
}

const chunkSize = 1024 * 1024

async function fileOnDisk(path: string, from: string): Promise<ReleaseFile> {
  return {
    path,
    name: basename(path),
    size: (await stat(from)).size,
    open: () => createReadStream(from, { highWaterMark: chunkSize }),
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.readUInt32LE(0) === 0x04034b50 || buffer.readUInt32LE(0) === 0x06054b50
  } finally {
    await file.close()
  }
}

async function openZip(path: string): Promise<ReleaseFiles> {
  let zip: ZipFile | undefined
  try {
    zip = await openPromise(path, { autoClose: false, lazyEntries: true })
    const entries: Entry[] = []
    for await (const entry of zip.eachEntry()) {
      if (entries.length >= mostFiles) throw new Error(`It has more than ${mostFiles} files.`)
      entries.push(entry)
    }
    refuseBombs(entries, zip.fileSize)
    const archive = zip
    const files = entries
      .filter(({ fileName }) => !fileName.endsWith('/') && !isHidden(fileName))
      .map((entry) => fileInZip(archive, entry))
    return { name: basename(path), files, close: () => archive.close() }
  } catch (error) {
    zip?.close()
    throw new ReleaseError(`The archive '${path}' cannot be read: ${(error as Error).message}`)
  }
}

/** Tables shrink to a tenth, lists of the same to a hundredth: what shrinks to less is none of them. */
const mostShrinking = 250
const smallSize = 100_000_000

function refuseBombs(entries: readonly Entry[], archiveSize: number): void {
  const packed = entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0)
  if (packed > archiveSize) throw new Error('Its files overlap.')
  const bomb = entries.find(
    ({ compressedSize, uncompressedSize }) =>
      uncompressedSize > smallSize && uncompressedSize > compressedSize * mostShrinking,
  )
  if (bomb) throw new Error(`'${bomb.fileName}' would unpack to ${bomb.uncompressedSize} bytes, which no release has.`)
}

/** Archives made on a Mac carry a shadow of each file. */
function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')
}

function fileInZip(zip: ZipFile, entry: Entry): ReleaseFile {
  return {
    path: entry.fileName,
    name: basename(entry.fileName),
    size: entry.uncompressedSize,
    open: () => unpacked(zip, entry),
  }
}

/** Fails at the end if what an entry holds is not what was packed. */
async function* unpacked(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let sum = 0
  for await (const piece of await zip.openReadStreamPromise(entry)) {
    const chunk = piece as Buffer
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== entry.crc32) throw new Error('its checksum is wrong.')
}
