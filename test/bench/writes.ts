/** Creates against plain INSERTs of the same contents, updates against creates. */
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Bench } from './bench.ts'
import { chartOf } from './data.ts'
import { type Case, interleave, requests } from './measure.ts'
import { cpu, type Row, rate, rowOf } from './report.ts'

const connections = 8
const table = 'bench_insert'

export async function writeRows(bench: Bench): Promise<Row[]> {
  const observations = [...chartOf(bench.world, 0)].filter((resource) => resource['resourceType'] === 'Observation')
  const bodies = observations.slice(0, 500).map(withoutId)
  await bench.db.query(`drop table if exists ${table}`)
  await bench.db.query(`create table ${table} (id bigint primary key, content text not null)`)
  const created = await createOnce(bodies, bench)
  const create = requests(
    'create',
    bench.server,
    bodies.map((body) => ({ method: 'POST', path: '/fhir/Observation', body })),
    connections,
  )
  const update = requests('update', bench.server, updates(created), connections)
  const seen = await interleave([create, inserts(bodies, bench), update], bench, bench.pace)
  await bench.db.query(`drop table ${table}`)

  const [made, limit, updated] = [seen.get('create')!, seen.get('insert')!, seen.get('update')!]
  const ratio = made.perSecond / limit.perSecond
  const dearer = made.perSecond / updated.perSecond
  const createSpent = `${rate(made.perSecond)}, ${cpu(made)}`
  return [
    rowOf(`create, ${connections} connections`, createSpent, '≥ 0.7', ratio, {
      limit: `${rate(limit.perSecond)}, ${Math.round(limit.postgresCpu)} µs CPU in PostgreSQL`,
      ratio,
    }),
    rowOf(
      `update versus create, ${connections} connections`,
      `${rate(updated.perSecond)}, ${cpu(updated)}`,
      '≤ 1.6',
      dearer,
      {
        limit: createSpent,
        ratio: dearer,
      },
    ),
  ]
}

function inserts(contents: readonly string[], bench: Bench): Case {
  const job = {
    kind: 'insert',
    url: bench.postgresUrl,
    table,
    contents,
    connections,
    milliseconds: 0,
  } as const
  return { name: 'insert', job }
}

/** Resources to update: each with the body that it was created with, its status flipped on every second pass. */
async function createOnce(bodies: readonly string[], { server }: Bench): Promise<JsonObject[]> {
  const created: JsonObject[] = []
  for (const body of bodies) {
    const response = await fetch(`http://127.0.0.1:${server.port}/fhir/Observation`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body,
    })
    const text = await response.text()
    if (response.status !== 201) throw new Error(`POST Observation: ${response.status} ${text.slice(0, 500)}`)
    created.push(JSON.parse(text) as JsonObject)
  }
  return created
}

function updates(created: readonly JsonObject[]) {
  return ['amended', 'final'].flatMap((status) =>
    created.map((resource) => ({
      method: 'PUT' as const,
      path: `/fhir/Observation/${resource['id']}`,
      body: JSON.stringify({ ...resource, status }),
    })),
  )
}

export function withoutId({ id: _id, ...resource }: JsonObject): string {
  return JSON.stringify(resource)
}
