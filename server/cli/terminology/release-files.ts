/** The files of a release: those of a folder and below it, of a zip archive, or a single one. */
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { ReleaseError, type ReleaseFile } from './release.ts'

export interface OpenRelease {
  readonly files: readonly ReleaseFile[]
  close(): void
}

/** More entries than the largest releases have: an archive of millions is none. */
const mostFiles = 20_000

/** Nothing is unpacked to the disk: what is in an archive is read from there. */
export async function openReleaseFiles(path: string): Promise<OpenRelease> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new ReleaseError(`There is no file or folder '${path}'.`)
  if (found.isDirectory()) return { files: await filesBelow(path, path), close: () => {} }
  if (await isZip(path)) return openZip(path)
  return { files: [fileOnDisk(basename(path), path)], close: () => {} }
}

async function filesBelow(root: string, folder: string): Promise<ReleaseFile[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files: ReleaseFile[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) files.push(...(await filesBelow(root, path)))
    else if (entry.isFile()) files.push(fileOnDisk(relative(root, path).split(sep).join('/'), path))
    if (files.length > mostFiles) throw new ReleaseError(`There are more than ${mostFiles} files in '${folder}'.`)
  }
  return files
}

const chunkSize = 1024 * 1024

function fileOnDisk(path: string, from: string): ReleaseFile {
  return {
    path,
    name: basename(path),
    open: async () => createReadStream(from, { highWaterMark: chunkSize }),
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

async function openZip(path: string): Promise<OpenRelease> {
  try {
    const zip = await openPromise(path, { autoClose: false, lazyEntries: true })
    const files: ReleaseFile[] = []
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/') && !isHidden(entry.fileName)) files.push(fileInZip(zip, entry))
      if (files.length > mostFiles) throw new Error(`It has more than ${mostFiles} files.`)
    }
    return { files, close: () => zip.close() }
  } catch (error) {
    throw new ReleaseError(`The archive '${path}' cannot be read: ${(error as Error).message}`)
  }
}

/** Archives made on a Mac carry a shadow of each file. */
function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')
}

function fileInZip(zip: ZipFile, entry: Entry): ReleaseFile {
  return {
    path: entry.fileName,
    name: basename(entry.fileName),
    open: () => zip.openReadStreamPromise(entry),
  }
}
