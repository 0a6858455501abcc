/** The keys with which the server seals: a file in DATA_DIR that nobody else reads. */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createSealer, idOf, type Sealer, UnknownKeyError } from './sealing.ts'

/** Milliseconds after which a server notices that another process has changed the keys. */
const remembered = 1000

/**
 * A sealer with the keys of this installation, one in hexadecimal per line, the newest first. They are made on first use.
 * Servers that share a database share this file, too; when it changes, each of them takes the new keys.
 */
export function openSealer(dataDir: string): Sealer {
  const file = keyFile(dataDir)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  let sealer = createSealer(readKeys(file))
  let [state, looked] = [stateOf(file), Date.now()]
  const current = (): Sealer => {
    if (Date.now() - looked < remembered) return sealer
    looked = Date.now()
    const now = stateOf(file)
    if (now !== state) {
      sealer = createSealer(readKeys(file))
      state = now
    }
    return sealer
  }
  return {
    seal: (text, purpose) => current().seal(text, purpose),
    open: (sealed, purpose) => {
      try {
        return current().open(sealed, purpose)
      } catch (error) {
        if (!(error instanceof UnknownKeyError) || stateOf(file) === state) throw error
        looked = 0
        return current().open(sealed, purpose)
      }
    },
    isOutdated: (sealed) => current().isOutdated(sealed),
  }
}

/** Makes a new key, with which everything is sealed from now on. */
export function addSealingKey(dataDir: string): void {
  const file = keyFile(dataDir)
  writeKeys(file, [randomBytes(32), ...readKeys(file)])
}

/**
 * Forgets the keys that nothing is sealed with, by their ids in hexadecimal; the newest two stay, for a server may be about
 * to use the last but one. Answers how many are gone.
 */
export function forgetSealingKeys(dataDir: string, used: ReadonlySet<string>): number {
  const file = keyFile(dataDir)
  const keys = readKeys(file)
  const kept = keys.filter((key, i) => i < 2 || used.has(idOf(key).toString('hex')))
  if (kept.length < keys.length) writeKeys(file, kept)
  return keys.length - kept.length
}

function keyFile(dataDir: string): string {
  return join(dataDir, 'keys', 'sealing-keys')
}

/** Tells one state of the file from the next. */
function stateOf(file: string): string {
  const { ino, mtimeMs, size } = statSync(file)
  return `${ino} ${mtimeMs} ${size}`
}

function readKeys(file: string): readonly Buffer[] {
  const lines = (readIfThere(file) ?? makeKeys(file)).split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => Buffer.from(line.trim(), 'hex'))
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Of several processes one makes the file, and it is there as a whole or not at all. */
function makeKeys(file: string): string {
  const own = writeAside(file, [randomBytes(32)])
  try {
    linkSync(own, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(own)
  }
  return readFileSync(file, 'utf8')
}

function writeKeys(file: string, keys: readonly Buffer[]): void {
  renameSync(writeAside(file, keys), file)
}

function writeAside(file: string, keys: readonly Buffer[]): string {
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const text = keys.map((key) => `${key.toString('hex')}\n`).join('')
  writeFileSync(own, text, { mode: 0o600, flag: 'wx', flush: true })
  return own
}
