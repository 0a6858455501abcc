/** A PostgreSQL with its promises kept (fsync and all), which can be killed and started again on the same port. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { raw } from '../../server/sql.ts'
import { openDatabase } from '../../server/store/database.ts'
import { type EmbeddedPostgres, startPostgres } from '../../server/store/embedded-postgres.ts'
import { postgresFolder, removeFolder } from '../support/test-postgres.ts'

/** Which of its processes are killed. After `backend` it recovers by itself. */
export type PostgresKill = 'all' | 'postmaster' | 'backend'

export interface OwnPostgres {
  readonly url: string
  kill(what: PostgresKill): Promise<void>
  /** Starts it where it was killed, and returns when it answers. */
  recover(): Promise<void>
  /** Runs a statement as its owner. */
  run(statement: string): Promise<readonly Record<string, unknown>[]>
  checkpoint(): Promise<void>
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

/** Small and quick to recover; what makes writes durable stays as it is by default. */
const settings = { shared_buffers: '128MB', checkpoint_timeout: '30s', recovery_init_sync_method: 'syncfs' }

export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = postgresFolder()
  let running: EmbeddedPostgres = await startPostgres(folder, settings)
  const { url } = running
  const { port } = new URL(url)

  const run = async (statement: string) => {
    const database = openDatabase(url, { connections: 1 })
    return database.query(raw(statement), { prepared: false }).finally(database.close)
  }
  const kill = async (what: PostgresKill) => {
    const control = openDatabase(url, { connections: 1 })
    const pids = await control.query<{ pid: number; client: boolean }>(processList, { prepared: false })
    if (what === 'backend') {
      // Ends when PostgreSQL has noticed: until then it would answer as if nothing had happened.
      const noticed = control.query(raw('select pg_sleep(30)')).catch(() => {})
      end((pids.find(({ client }) => client) ?? pids[0]!).pid)
      await noticed
    } else {
      end(running.pid)
      if (what === 'all') for (const { pid } of pids) end(pid)
      // Processes that outlive the postmaster must be gone before another may start on the files.
      for (const { pid } of pids) await gone(pid)
      await gone(running.pid)
      await running.stop()
    }
    await control.close()
  }
  const recover = async () => {
    if (isAlive(running.pid)) return untilAnswers(run)
    running = await startPostgres(folder, { ...settings, port })
  }
  const remove = async () => {
    await running.stop()
    removeFolder(folder)
  }
  return { url, run, kill, recover, checkpoint: async () => void (await run('checkpoint')), remove }
}

/** All but the postmaster and the backend that runs this. */
const processList = raw(`select pid, backend_type = 'client backend' as client
  from pg_stat_activity where pid <> pg_backend_pid()`)

/** Half a minute at most. */
async function untilAnswers(run: (statement: string) => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      await run('select 1')
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(10)
    }
  }
}

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(5)
}

function end(pid: number): void {
  signal(pid, 'SIGKILL')
}

/** Whoever adopts the orphans of the postmaster may be slow to take notice of their end. */
function isAlive(pid: number): boolean {
  return signal(pid, 0) && !isZombie(pid)
}

function isZombie(pid: number): boolean {
  try {
    return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
