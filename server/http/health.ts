/** For those who keep the server running: is it alive, is it ready, how does it fare. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { ping } from '../store/status.ts'
import { softwareVersion } from '../version.ts'
import { createMetrics } from './metrics.ts'

/** The database has this long to answer before the server counts as not ready. */
const patience = 2000

/** On the whole application, so that requests of all routes are counted. */
export function addHealth(app: FastifyInstance, context: Context): void {
  const { database } = context.store
  const metrics = createMetrics(database, softwareVersion)
  let closing: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    // Connections whose last reply goes out only now would otherwise be kept open for the next request.
    closing = setInterval(() => app.server.closeIdleConnections(), 50)
  })
  app.addHook('onClose', async () => {
    clearInterval(closing)
    metrics.close()
  })
  app.addHook('onResponse', (request, reply, done) => {
    metrics.observe(request.interaction ?? 'other', reply.statusCode, reply.elapsedTime / 1000)
    done()
  })

  app.get('/healthz', async () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const problem = closing ? 'shutting down' : await databaseProblem(database)
    if (problem === undefined) return { status: 'ready' }
    return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason: problem })
  })
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(metrics.text()),
  )
}

async function databaseProblem(database: Context['store']['database']): Promise<string | undefined> {
  const answered = ping(database).then(
    () => undefined,
    () => 'the database cannot be reached',
  )
  const late = new AbortController()
  const timeout = sleep(patience, 'the database does not answer', { signal: late.signal }).catch(() => undefined)
  return Promise.race([answered, timeout]).finally(() => late.abort())
}
