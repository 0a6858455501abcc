/** Archives of packages that were fetched, so that a second installation needs no network. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type PackageName, packageText } from '../fhir/packages/manifest.ts'

/** Where packages are kept on this machine. */
export function packageFolder({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'packages')
}

export interface ArchiveCache {
  get(name: PackageName): Buffer | undefined
  put(name: PackageName, archive: Buffer): void
  /** The versions of a package that are kept. */
  versions(name: string): readonly string[]
}

/** The digest stands at the end of the file's name: what was cut off or changed is not used. */
export function archiveCache(folder: string): ArchiveCache {
  const names = () => {
    try {
      return readdirSync(folder)
    } catch {
      return []
    }
  }
  const find = (prefix: string) => names().filter((file) => file.startsWith(prefix) && file.endsWith('.tgz'))
  return {
    get: (name) => {
      for (const file of find(`${stemOf(name)}~`)) {
        const archive = readFileSync(join(folder, file))
        if (file === fileOf(name, archive)) return archive
        rmSync(join(folder, file), { force: true })
      }
      return undefined
    },
    put: (name, archive) => {
      try {
        mkdirSync(folder, { recursive: true })
        const aside = join(folder, `.${process.pid}-${createHash('sha1').update(packageText(name)).digest('hex')}.part`)
        writeFileSync(aside, archive)
        renameSync(aside, join(folder, fileOf(name, archive)))
      } catch {
        // Nothing but the next installation is slower for it.
      }
    },
    versions: (name) => {
      const prefix = `${encodeURIComponent(name)}@`
      return find(prefix).map((file) => decodeURIComponent(file.slice(prefix.length, file.lastIndexOf('~'))))
    },
  }
}

function stemOf({ name, version }: PackageName): string {
  return `${encodeURIComponent(name)}@${encodeURIComponent(version)}`
}

function fileOf(name: PackageName, archive: Buffer): string {
  return `${stemOf(name)}~${createHash('sha256').update(archive).digest('hex').slice(0, 32)}.tgz`
}
