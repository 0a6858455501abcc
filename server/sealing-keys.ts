/** The keys with which the server seals: a file in DATA_DIR that nobody else reads. */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSealer, type Sealer } from './sealing.ts'

/**
 * A sealer with the keys of this installation, one in hexadecimal per line, the newest first. They are made on first use.
 * Servers that share a database share this file, too.
 */
export function openSealer(dataDir: string): Sealer {
  const folder = join(dataDir, 'keys')
  const file = join(folder, 'sealing-keys')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lines = (readIfThere(file) ?? makeKeys(file)).split('\n').filter((line) => line.trim() !== '')
  return createSealer(lines.map((line) => Buffer.from(line.trim(), 'hex')))
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
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(own, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(own, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(own)
  }
  return readFileSync(file, 'utf8')
}
