/** Reads a FHIR package from its archive: all that can be installed, and what is wrong with the rest. */
import { createHash } from 'node:crypto'
import type { Definitions } from '../fhir/definitions.ts'
import {
  type EntryProblem,
  isProblem,
  kindOfFile,
  type PackageEntry,
  parseFile,
  readEntry,
} from '../fhir/packages/entry.ts'
import { type Manifest, parseManifest } from '../fhir/packages/manifest.ts'
import { PackageError } from '../fhir/packages/package-error.ts'
import { type ArchiveLimits, archiveFiles, archiveLimits } from './archive.ts'
import { type ResourceFile, type ResourceFileWriter, writeResourceFile } from './resource-file.ts'

export interface OpenedPackage {
  readonly manifest: Manifest
  /** Of the archive, as npm writes it: `sha512-…`. */
  readonly integrity: string
  /** The resources that can be installed. */
  readonly resources: ResourceFile
  /** The files that cannot, and those with faults that do no harm; in order. */
  readonly problems: readonly EntryProblem[]
  /** Files in `example/`, which are not installed. */
  readonly examples: number
  /** Files that are no resources of the package, by their folder. */
  readonly others: ReadonlyMap<string, number>
}

export interface OpenOptions {
  readonly definitions: Definitions
  /** Where its resources are put down, the first that can be written to. */
  readonly folders: readonly string[]
  readonly limits?: ArchiveLimits
}

/** Throws `PackageError` where the package as a whole cannot be used. */
export async function openPackage(archive: Buffer, options: OpenOptions): Promise<OpenedPackage> {
  const writer = writeResourceFile(options.folders)
  try {
    const manifest = await findManifest(archive, options)
    const found = await readAll(archive, manifest, writer, options)
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`
    return { ...found, manifest, integrity, resources: writer.finish() }
  } catch (error) {
    writer.abandon()
    throw error
  }
}

/** It may come after the resources that are read by it. */
async function findManifest(archive: Buffer, { limits = archiveLimits }: OpenOptions): Promise<Manifest> {
  for await (const { path, bytes } of archiveFiles(archive, limits)) {
    if (kindOfFile(path) === 'manifest') return manifestOf(bytes)
  }
  throw new PackageError('The archive has no package/package.json: it is no FHIR package.')
}

async function readAll(
  archive: Buffer,
  manifest: Manifest,
  writer: ResourceFileWriter,
  { definitions, limits = archiveLimits }: OpenOptions,
) {
  const problems: EntryProblem[] = []
  const others = new Map<string, number>()
  const paths = new Set<string>()
  const take = resourceTaker(manifest, writer, problems)
  let examples = 0
  for await (const { path, bytes } of archiveFiles(archive, limits)) {
    const kind = kindOfFile(path)
    if (paths.has(path)) {
      if (kind === 'manifest') throw new PackageError('The archive has two files package/package.json.')
      problems.push({ file: nameIn(path), reason: 'The archive has two files of this name: the first counts.' })
      continue
    }
    paths.add(path)
    if (kind === 'example') examples += 1
    else if (kind === 'other') others.set(folderOf(path), (others.get(folderOf(path)) ?? 0) + 1)
    else if (kind === 'resource') take(readEntry(path, bytes, definitions))
  }
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
  return { problems, examples, others }
}

function resourceTaker(manifest: Manifest, writer: ResourceFileWriter, problems: EntryProblem[]) {
  const canonicals = new Map<string, string>()
  return (entry: PackageEntry | EntryProblem) => {
    if (isProblem(entry)) return void problems.push(entry)
    // What has no version is of its package's.
    const { file, type, url, version = manifest.version, resource, problem } = entry
    const canonical = `${type} ${url}|${version}`
    const first = canonicals.get(canonical)
    if (first !== undefined) {
      return void problems.push({ file, reason: `${first} is ${url}|${version} already: that one counts.` })
    }
    canonicals.set(canonical, file)
    writer.add({ type, url, version, file }, JSON.stringify({ ...resource, version }))
    if (problem) problems.push(problem)
  }
}

function nameIn(path: string): string {
  return path.slice(path.indexOf('/') + 1)
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}

function manifestOf(bytes: Buffer): Manifest {
  try {
    return parseManifest(parseFile(bytes))
  } catch (error) {
    if (error instanceof PackageError) throw error
    throw new PackageError(`The package.json of the package cannot be read: ${(error as Error).message}`)
  }
}
