/** The processes of a run: the server under test, the limit, the one that makes the load. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Job, JobResult } from './jobs.ts'

export const root = join(import.meta.dirname, '..', '..')

export interface Listening {
  readonly pid: number
  readonly port: number
  /** Milliseconds from the start of the process to its first answer. */
  readonly readyAfter: number
  stop(): Promise<void>
}

/** Starts a TypeScript program that prints `… at http://host:port` once it listens. */
export async function startListening(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Listening> {
  const started = performance.now()
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const port = await new Promise<number>((done, failed) => {
    let text = ''
    const read = (chunk: Buffer) => {
      text += chunk
      const found = / at http:\/\/[^:\s]+:(\d+)/.exec(text)?.[1]
      if (found) done(Number(found))
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => failed(new Error(`${program} ended with ${code}:\n${text}`)))
  })
  return { pid: child.pid!, port, readyAfter: performance.now() - started, stop: () => stop(child) }
}

/** `settings` go before the usual ones. */
export function startServer(dataDir: string, settings: Readonly<Record<string, string>> = {}): Promise<Listening> {
  return startListening('server/cli.ts', ['start'], { ...serverSettings(dataDir), ...settings })
}

/** A server that wants tokens and notes nothing of who reads. */
export function startUnaudited(dataDir: string, postgresUrl: string): Promise<Listening> {
  const settings = { ...serverSettings(dataDir), AUTH: 'smart', DATABASE_URL: postgresUrl }
  return startListening(join(import.meta.dirname, 'audited-server.ts'), ['unaudited'], settings)
}

/** The settings of the server under test and of the commands that work beside it. */
export function serverSettings(dataDir: string): Record<string, string> {
  return { DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', DEMO: '0', AUTH: 'none', LOG_LEVEL: 'warn' }
}

export interface LoadProcess {
  run(job: Job): Promise<JobResult>
  stop(): Promise<void>
}

export function startLoad(): LoadProcess {
  const child = fork(join(import.meta.dirname, 'client.ts'), { stdio: 'inherit', serialization: 'advanced' })
  return {
    run: async (job) => {
      child.send(job)
      const [answer] = (await once(child, 'message')) as [{ result?: JobResult; error?: string }]
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer.result!
    },
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.removeAllListeners('exit')
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
