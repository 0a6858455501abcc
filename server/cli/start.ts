/** `candela start`: runs the server until it is told to stop; with several workers, one process for each. */
import cluster, { type Worker } from 'node:cluster'
import { availableParallelism } from 'node:os'
import { buildApps } from '../../smart-apps/build.ts'
import { type Config, isLoopback } from '../config.ts'
import { loadConfig } from '../config-file.ts'
import type { Context } from '../context.ts'
import { demoAccounts } from '../demo/accounts.ts'
import { issueText, OutcomeError } from '../fhir/outcome.ts'
import { loadDemo } from '../load-demo.ts'
import {
  openCore,
  requireDurability,
  requirePrivateDemo,
  type Server,
  startServer,
  withNamedPackages,
  withPort,
} from '../main.ts'
import { addDemoAccounts } from '../smart/accounts/demo-accounts.ts'
import { registerOwnClients } from '../smart/clients/own-clients.ts'
import { hasAccounts, hasDemoAccounts } from '../store/accounts/accounts.ts'

export async function start(): Promise<number> {
  const { config } = loadConfig()
  if (cluster.isWorker) return work(config)
  // Before anybody can ask for them; later starts find them built.
  await buildApps()
  const workers = config.workers === 0 ? availableParallelism() : config.workers
  if (workers > 1) return startWorkers(config, workers)
  const server = await startServer(config)
  if (config.demo) await offerDemo(server.context)
  console.log(announcement(server.context.config.publicUrl, server.url))
  return serve(server)
}

/** Where clients find the server, under one name; and where it listens, where that name is another machine's. */
export function announcement(publicUrl: string, url: string): string {
  return [
    `Candela is running at ${publicUrl}`,
    `  FHIR base      ${publicUrl}/fhir`,
    `  documentation  ${publicUrl}/docs`,
    ...(isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')) ? [] : [`  listens on     ${url}`]),
  ].join('\n')
}

/** A server that demands more of its resources than the demo clinic has runs without it. */
async function offerDemo(context: Context): Promise<void> {
  try {
    const summary = await loadDemo(context)
    if (summary !== undefined) console.log(`Loaded the demo clinic: ${summary}`)
    if (context.config.auth === 'smart') await offerDemoAccounts(context, summary !== undefined)
  } catch (error) {
    if (!(error instanceof OutcomeError)) throw error
    const [issue] = error.issues
    const place = issue!.expression === undefined ? '' : ` (${issue!.expression})`
    console.error(
      `The demo clinic was not loaded, since it is not what this server demands: ${issueText(issue!)}${place}`,
    )
  }
}

/** Only beside the demo clinic, for the people are in it; once they were removed they are not added again. */
async function offerDemoAccounts(context: Context, isNew: boolean): Promise<void> {
  const { database } = context.store
  // The clinic may have been loaded while nobody had to sign in.
  if (isNew || !(await hasAccounts(database))) await addDemoAccounts(context)
  if (!(await hasDemoAccounts(database))) return
  const width = Math.max(...demoAccounts.map(({ username }) => username.length))
  const lines = demoAccounts.map(({ username, about }) => `  ${username.padEnd(width)}  ${about}`)
  console.log(
    `Demo accounts, with the password ${context.config.demoPassword} unless it was changed:\n${lines.join('\n')}`,
  )
}

async function serve(server: Server): Promise<number> {
  await toldToStop()
  await server.close()
  return 0
}

/** A worker lives as long as it is connected to the first process. */
async function work(config: Config): Promise<number> {
  const status = await serve(await startServer(config))
  process.disconnect()
  return status
}

/** The first process keeps the database; its workers share the port. */
async function startWorkers(settings: Config, count: number): Promise<number> {
  const config = await withPort(settings)
  const core = await openCore(config)
  await requireDurability(core.context)
  await requirePrivateDemo(core.context)
  await registerOwnClients(core.context)
  await withNamedPackages(core)
  if (config.demo) await offerDemo(core.context)
  const fork = () => cluster.fork({ DATABASE_URL: core.databaseUrl, DEMO: '0', PORT: String(config.port) })
  const workers = Array.from({ length: count }, fork)
  await Promise.all(workers.map(listening))
  console.log(announcement(config.publicUrl, `http://${config.host}:${config.port}`))
  let stopping = false
  cluster.on('exit', () => {
    // A worker that ended by itself is replaced.
    if (!stopping) fork()
  })
  await toldToStop()
  stopping = true
  const all = Object.values(cluster.workers ?? {}) as Worker[]
  await Promise.all(all.map(stopWorker))
  await core.close()
  return 0
}

function listening(worker: Worker): Promise<void> {
  return new Promise((done, failed) => {
    worker.once('listening', () => done())
    worker.once('exit', (code) => failed(new Error(`A worker ended with code ${code} before it listened.`)))
  })
}

function stopWorker(worker: Worker): Promise<void> {
  return new Promise((done) => {
    worker.once('exit', () => done())
    worker.process.kill('SIGTERM')
  })
}

function toldToStop(): Promise<void> {
  return new Promise((done) => {
    process.once('SIGINT', () => done())
    process.once('SIGTERM', () => done())
  })
}
