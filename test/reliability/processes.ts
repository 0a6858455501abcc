/** A PostgreSQL that keeps its promises and several server processes on it, to be killed at will. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OwnPostgres, ownPostgres } from './own-postgres.ts'
import type { ServerLoad, ServerMessage } from './server-process.ts'

export interface ServerProcess {
  /** Where it listens now; another port after each start. */
  readonly url: string
  readonly pid: number
  /** Lines of its log: errors and nothing else. */
  readonly errors: readonly string[]
  kill(): Promise<void>
  start(): Promise<void>
  /** What it used since this was last asked. */
  load(): Promise<ServerLoad>
}

export interface Processes {
  readonly databaseUrl: string
  readonly postgres: OwnPostgres
  readonly servers: readonly ServerProcess[]
  /** Ends everything and removes the data. */
  close(): Promise<void>
}

/** Starts a PostgreSQL of its own and `count` server processes, one after the other: the first makes the schema. */
export async function startProcesses(count: number): Promise<Processes> {
  const postgres = await ownPostgres()
  const servers: ServerProcess[] = []
  const close = async () => {
    await Promise.all(servers.map((server) => server.kill()))
    await postgres.remove()
  }
  try {
    const logLevel = { LOG_LEVEL: 'error' }
    servers.push(await serverProcess(postgres.url, logLevel))
    // What the schema needed is not replayed after each kill.
    await postgres.checkpoint()
    servers.push(...(await Promise.all(Array.from({ length: count - 1 }, () => serverProcess(postgres.url, logLevel)))))
    return { databaseUrl: postgres.url, postgres, servers, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Starts a server on a database; `env` holds settings besides, `script` is another file of this folder. */
export async function serverProcess(
  databaseUrl: string,
  env: Readonly<Record<string, string>> = {},
  script = 'server-process.ts',
): Promise<ServerProcess> {
  const errors: string[] = []
  let child: ChildProcess
  let url = ''
  const start = async () => {
    child = forkServer(databaseUrl, env, errors, script)
    url = await listening(child, errors)
  }
  await start()
  return {
    get url() {
      return url
    },
    get pid() {
      return child.pid!
    },
    errors,
    start,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
    load: async () => {
      child.send('load')
      const [message] = (await once(child, 'message')) as [ServerLoad]
      return message
    },
  }
}

function forkServer(
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
  errors: string[],
  script: string,
): ChildProcess {
  const given = { AUTH: 'none', PORT: '0', DEMO: '0', DATA_DIR: tmpdir(), DATABASE_URL: databaseUrl, ...env }
  // Starting again and again takes half the time when compiled code is kept.
  const cache = { NODE_COMPILE_CACHE: join(tmpdir(), 'candela-compiled') }
  const child = fork(join(import.meta.dirname, script), [], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1', ...cache, ...given },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (chunk) => {
      if (errors.length < mostLines) errors.push(...String(chunk).trimEnd().split('\n'))
    })
  }
  return child
}

const mostLines = 2000

/** Resolves to the URL; throws with the log of a process that ends before. */
function listening(child: ChildProcess, errors: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    const ended = () => failed(new Error(`A server process ended before it was ready:\n${errors.join('\n')}`))
    child.once('exit', ended)
    child.once('message', (message: ServerMessage) => {
      child.off('exit', ended)
      if ('url' in message) done(message.url)
    })
  })
}
