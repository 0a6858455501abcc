/** The process that makes the load: takes jobs from its parent, one at a time, and answers what it saw. */
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { crowd } from './client-crowd.ts'
import { type HttpConnection, openConnection, type WireRequest, wireBytes } from './http-connection.ts'
import { type Job, type JobResult, summary } from './jobs.ts'

process.on('message', async (job: Job) => {
  try {
    process.send!({ result: await run(job) })
  } catch (error) {
    process.send!({ error: String((error as Error).stack) })
  }
})

function run(job: Job): Promise<JobResult> {
  switch (job.kind) {
    case 'http':
      return http(job)
    case 'insert':
      return insert(job)
    case 'crowd':
      return crowd(job)
  }
}

/** Every connection sends the requests in turn, the next when the last was answered. */
async function http(job: Job & { kind: 'http' }): Promise<JobResult> {
  const wires = job.requests.map((request: WireRequest) => wireBytes(request))
  const connections = await Promise.all(Array.from({ length: job.connections }, () => openConnection(job.port)))
  const seen = { times: [] as number[], errors: 0, bytes: 0, firstError: undefined as string | undefined }
  const start = performance.now()
  const end = start + job.milliseconds
  let next = job.offset
  const loop = async (connection: HttpConnection) => {
    for (let sent = performance.now(); sent < end; ) {
      const reply = await connection.send(wires[next++ % wires.length]!)
      const now = performance.now()
      seen.times.push(now - sent)
      seen.bytes += reply.body.length
      if (reply.status >= 400) {
        seen.errors++
        seen.firstError ??= `${reply.status} ${reply.body.toString('utf8').slice(0, 500)}`
      }
      sent = now
    }
  }
  await Promise.all(connections.map(loop))
  const seconds = (performance.now() - start) / 1000
  for (const connection of connections) connection.close()
  return summary(seen.times, seconds, seen)
}

/** Above the ids of all jobs before. */
let nextId = Date.now() * 1000

/** Plain prepared INSERTs of (id, content): the limit of a create. */
async function insert(job: Job & { kind: 'insert' }): Promise<JobResult> {
  const clients = await clientsOf(job.url, job.connections)
  const text = `insert into ${job.table} (id, content) values ($1, $2)`
  const times: number[] = []
  const start = performance.now()
  const end = start + job.milliseconds
  await Promise.all(
    clients.map(async (client) => {
      for (let sent = performance.now(); sent < end; ) {
        const id = nextId++
        await client.query({ name: 'insert', text, values: [id, job.contents[id % job.contents.length]] })
        const now = performance.now()
        times.push(now - sent)
        sent = now
      }
    }),
  )
  const seconds = (performance.now() - start) / 1000
  return summary(times, seconds, { errors: 0, bytes: 0 })
}

const opened: pg.Client[] = []

/** Kept from job to job: the CPU time of a backend that has ended cannot be read. */
async function clientsOf(url: string, count: number): Promise<pg.Client[]> {
  while (opened.length < count) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    opened.push(client)
  }
  return opened.slice(0, count)
}
