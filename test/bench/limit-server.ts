/** The limit of a read: a Fastify route that returns one stored row from PostgreSQL, and nothing else. */
import fastify from 'fastify'
import pg from 'pg'

const [url = ''] = process.argv.slice(2)
const pool = new pg.Pool({
  connectionString: url,
  max: 10,
  options: '-c statement_timeout=30000 -c timezone=UTC -c client_min_messages=warning',
  idleTimeoutMillis: 0,
  keepAlive: true,
})
const app = fastify()

app.get<{ Params: { pk: string } }>('/row/:pk', async (request, reply) => {
  const { rows } = await pool.query<{ content: string }>({
    name: 'row',
    text: 'select content from r_observation where pk = $1',
    values: [request.params.pk],
  })
  return reply.header('content-type', 'application/fhir+json; charset=utf-8').send(rows[0]!.content)
})

console.log(`The limit is running at ${await app.listen({ port: 0, host: '127.0.0.1' })}`)
