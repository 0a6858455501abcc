/** Many clients at once: a loop of create, read, update and delete, and users that read and search. */
import type { JsonObject } from '../../server/fhir/json.ts'
import type { Bench } from './bench.ts'
import { chartOf, resourcesOf } from './data.ts'
import type { WireRequest } from './http-connection.ts'
import type { CrowdAction, JobResult, Times } from './jobs.ts'
import { readPaths } from './reads.ts'
import { milliseconds, type Row, rate, rowOf } from './report.ts'
import { storedRows } from './samples.ts'
import { hotShapes } from './shapes.ts'
import { withoutId } from './writes.ts'

/** 300 clients over nine types, a quarter each. */
export async function crudRows(bench: Bench): Promise<Row[]> {
  const creates = examples(bench).map(
    (resource): WireRequest => ({
      method: 'POST',
      path: `/fhir/${resource['resourceType']}`,
      body: withoutId(resource),
    }),
  )
  const own = (method: 'GET' | 'PUT' | 'DELETE'): WireRequest[] => [{ method, path: '' }]
  const result = await crowdOf(bench, 300, 0, [
    { name: 'create', share: 1, requests: creates },
    { name: 'read', share: 1, requests: own('GET'), on: 'created' },
    { name: 'update', share: 1, requests: own('PUT'), on: 'created' },
    { name: 'delete', share: 1, requests: own('DELETE'), on: 'created' },
  ])
  return [
    rowOf('300 clients, CRUD over nine types, errors', String(result.errors), '≤ 0', result.errors, noteOf(result)),
    {
      work: '300 clients, CRUD, throughput and p99',
      measured: `${rate(result.perSecond)}, ${milliseconds(result.p99)}`,
      target: '',
    },
  ]
}

/** 1,000 users who think for a second, four reads to one search. */
export async function usersRows(bench: Bench): Promise<Row[]> {
  const reads = readPaths(await storedRows(bench.db, 'Observation', 4000)).map(get)
  const searches = hotShapes(bench.world, 20).flatMap(({ paths }) => paths.slice(0, 40).map(get))
  const result = await crowdOf(bench, 1000, 1000, [
    { name: 'read', share: 0.8, requests: reads },
    { name: 'search', share: 0.2, requests: searches },
  ])
  const { read, search } = result.actions as { read: Times; search: Times }
  const work = `1,000 users, ${rate(result.perSecond)}`
  return [
    rowOf(`${work}: read p95, ms`, milliseconds(read.p95), '≤ 50', read.p95),
    rowOf(`${work}: search p95, ms`, milliseconds(search.p95), '≤ 200', search.p95),
    rowOf(`${work}: errors`, String(result.errors), '≤ 0', result.errors, noteOf(result)),
  ]
}

function crowdOf(bench: Bench, connections: number, pause: number, actions: CrowdAction[]): Promise<JobResult> {
  const milliseconds = 10 * bench.pace.slice
  return bench.load.run({ kind: 'crowd', port: bench.server.port, connections, pause, milliseconds, actions, seed: 1 })
}

/** Some of each type: of the nine, what charts have and whom they name. */
function examples({ world }: Bench): JsonObject[] {
  const staff = resourcesOf(world).take(world.organizations.length + world.practitioners.length)
  const all = Map.groupBy([...staff, ...chartOf(world, 0, 12)], (resource) => resource['resourceType'] as string)
  return [...all.values()].flatMap((list) => Array.from({ length: 20 }, (_, i) => list[i % list.length]!))
}

function get(path: string): WireRequest {
  return { method: 'GET', path }
}

function noteOf({ firstError }: JobResult): { note?: string } {
  return firstError === undefined ? {} : { note: firstError }
}
