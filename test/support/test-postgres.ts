/** A PostgreSQL for tests: quick because it need not survive a power cut, with a migrated template to copy databases from. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, readConfig } from '../../server/config.ts'
import { openCore } from '../../server/main.ts'
import { raw } from '../../server/sql.ts'
import { openDatabase } from '../../server/store/database.ts'
import { startPostgres } from '../../server/store/embedded-postgres.ts'

/** The database that test databases are copies of. */
export const template = 'candela_template'

export interface TestPostgres {
  /** Of the server's own database, where databases are created and dropped. */
  readonly url: string
  stop(): Promise<void>
}

/** Only here: a test run may lose its database. What must survive a crash is tested with a server of its own. */
const quickSettings = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '128MB',
  max_connections: '200',
}

const prefix = 'candela-test-'

export async function startTestPostgres(): Promise<TestPostgres> {
  await removeLeftOvers()
  const folder = postgresFolder()
  const postgres = await startPostgres(folder, quickSettings)
  const stop = async () => {
    await postgres.stop()
    removeFolder(folder)
  }
  try {
    const server = openDatabase(postgres.url, { connections: 1 })
    await server.query(raw(`create database ${template}`), { prepared: false })
    await server.close()
    await (await openCore(testConfig(databaseUrl(postgres.url, template)))).close()
    return { url: postgres.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A new folder for a cluster; that of a run that was killed is removed by a later one. */
export function postgresFolder(): string {
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
}

/** The settings of a server under test; `given` goes before. */
export function testConfig(url: string, given: Partial<Config> = {}): Config {
  return { ...readConfig({ AUTH: 'none', PORT: '0', DEMO: '0', LOG_LEVEL: 'silent' }), databaseUrl: url, ...given }
}

/** The URL of another database of the same server. */
export function databaseUrl(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href
}

/** A run that was killed leaves its PostgreSQL and its folder behind. */
async function removeLeftOvers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? []
    if (pid === undefined || signal(Number(pid), 0)) continue
    const folder = join(tmpdir(), name)
    const pidFile = join(folder, 'pg', 'postmaster.pid')
    const orphan = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : undefined
    if (orphan !== undefined && signal(orphan, 'SIGQUIT')) await ended(orphan)
    removeFolder(folder)
  }
}

/** Five seconds at most: where nobody reaps orphans, a process that has ended still has its id. */
async function ended(pid: number): Promise<void> {
  for (let rest = 250; rest > 0 && signal(pid, 0); rest--) await sleep(20)
}

/** The cluster's files may lie elsewhere: see `startPostgres`. */
export function removeFolder(folder: string): void {
  const data = join(folder, 'pg')
  const place = existsSync(data) ? realpathSync(data) : data
  for (const path of place === data ? [folder] : [dirname(place), folder])
    rmSync(path, { recursive: true, force: true })
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
