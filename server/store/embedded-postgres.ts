/**
 * Starts the embedded PostgreSQL in a data folder, or joins the one that runs there. Works as root and in a private
 * checkout, without install scripts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { nativeFolder, type Owner, othersMayEnter, serverUser } from './postgres-programs.ts'

export interface EmbeddedPostgres {
  readonly url: string
  readonly pid: number
  /** Stops the server if this process is the one that answers for it; a server that another process runs stays. */
  stop(): Promise<void>
}

/** https://www.postgresql.org/docs/18/runtime-config.html */
const baseSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_compression: 'pglz',
  jit: 'off',
  max_connections: '200',
  random_page_cost: '1.1',
  autovacuum_naptime: '20s',
  work_mem: '16MB',
  log_min_messages: 'warning',
}

/**
 * Starts (and on first use creates) the cluster in `dataDir` on a free loopback port, or joins the one already running
 * there. `settings` are PostgreSQL settings; `port` among them chooses the port. Throws with the server's own words when
 * it does not come up.
 */
export async function startPostgres(
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const folder = resolve(dataDir)
  const owner = serverUser()
  const password = preparePassword(folder)
  const data = dataFolder(folder, owner)
  const running = await runningServer(folder, data, password)
  if (running) return running

  const native = nativeFolder(owner)
  if (!existsSync(join(data, 'PG_VERSION'))) initdb(data, native, owner, password)
  const port = Number(settings['port'] ?? (await freePort()))
  const flags = Object.entries({ ...baseSettings, ...settings, port: String(port) })
  const url = urlFor(password, port)
  const child = await untilStarted(() => {
    return spawn(join(native, 'bin', 'postgres'), ['-D', data, ...flags.flatMap(([k, v]) => ['-c', `${k}=${v}`])], {
      ...owner,
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Its own group: Ctrl-C reaches this process only, which stops PostgreSQL after its own last statement.
      detached: true,
    })
  }, url)
  child.unref()
  ;(child.stderr as unknown as { unref(): void }).unref()
  return owned(folder, url, child.pid!)
}

/** The server that runs in the folder, if any: shared when its starter still lives, taken over when that was killed. */
async function runningServer(folder: string, data: string, password: string): Promise<EmbeddedPostgres | undefined> {
  const pidFile = join(data, 'postmaster.pid')
  if (!existsSync(pidFile)) return undefined
  const [pid, , , port] = readFileSync(pidFile, 'utf8').split('\n').map(Number)
  if (!pid || !port || !isAlive(pid)) return undefined
  const url = urlFor(password, port)
  if (!(await answers(url))) return undefined
  const starter = Number(readFileSync(ownerFile(folder), 'utf8'))
  if (starter !== process.pid && isAlive(starter)) return { url, pid, stop: async () => {} }
  return owned(folder, url, pid)
}

function owned(folder: string, url: string, pid: number): EmbeddedPostgres {
  writeFileSync(ownerFile(folder), String(process.pid))
  const interrupt = () => signal(pid, 'SIGINT')
  process.once('exit', interrupt)
  return {
    url,
    pid,
    stop: async () => {
      process.off('exit', interrupt)
      signal(pid, 'SIGINT')
      while (isAlive(pid)) await sleep(20)
    },
  }
}

function ownerFile(folder: string): string {
  return join(folder, 'pg-owner.pid')
}

function urlFor(password: string, port: number): string {
  return `postgres://candela:${password}@127.0.0.1:${port}/postgres`
}

function isAlive(pid: number): boolean {
  return signal(pid, 0)
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** The database's password lives beside it, readable by its owner only. */
function preparePassword(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'pg-password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/**
 * Where the cluster's files lie: `pg` in the data folder. Root's PostgreSQL runs as another user, who may be barred from
 * the data folder (in root's home, say): then `pg` is a link to a folder below /var/lib.
 */
function dataFolder(folder: string, owner: Owner | undefined): string {
  const data = join(folder, 'pg')
  if (lstatSync(data, { throwIfNoEntry: false })) return realpathSync(data)
  if (owner) chmodSync(folder, 0o711)
  if (!owner || othersMayEnter(dirname(folder))) return data
  const elsewhere = join('/var/lib', `candela-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`)
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 })
  symlinkSync(join(elsewhere, 'pg'), data)
  return join(elsewhere, 'pg')
}

function initdb(data: string, native: string, owner: Owner | undefined, password: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const passwordFile = `${data}-initial-password`
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (owner) for (const path of [data, passwordFile]) chownSync(path, owner.uid, owner.gid)
  const flags = ['-U', 'candela', '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8']
  const result = spawnSync(join(native, 'bin', 'initdb'), ['-D', data, ...flags, '--data-checksums', '--no-sync'], {
    ...owner,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
  })
  rmSync(passwordFile)
  if (result.error || result.status !== 0) throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`)
}

/** A loopback port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })
}

/** So long the processes of a PostgreSQL that was killed may take to let go of its memory. */
const letGo = 30_000

/** Starts until it comes up: where one was killed just now, its processes are in the way for a moment. */
async function untilStarted(start: () => ChildProcess, url: string): Promise<ChildProcess> {
  const deadline = Date.now() + letGo
  for (;;) {
    const child = start()
    try {
      await untilReady(child, url)
      return child
    } catch (error) {
      if (!/pre-existing shared memory block/.test((error as Error).message) || Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let log = ''
  let ended: Error | undefined
  child.stderr?.on('data', (chunk) => {
    log = (log + chunk).slice(-4000)
  })
  child.on('error', (error) => {
    ended = error
  })
  child.on('exit', (code) => {
    ended ??= new Error(`PostgreSQL ended with code ${code}: ${log}`)
  })
  const deadline = Date.now() + 60_000
  for (let wait = 20; !ended && Date.now() < deadline; wait = Math.min(wait * 1.3, 250)) {
    if (await answers(url)) return
    await sleep(wait)
  }
  child.kill('SIGINT')
  throw ended ?? new Error(`PostgreSQL did not become ready: ${log}`)
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
