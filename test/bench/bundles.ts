/** Charts as transactions: Synthea's own where they are at hand, else generated ones of the same size. */
import type { JsonObject } from '../../server/fhir/json.ts'
import { sharedTexts } from '../support/shared-data.ts'
import type { Bench } from './bench.ts'
import { chartOf } from './data.ts'
import { measure, requests } from './measure.ts'
import { notMeasured, type Row, rate, rowOf } from './report.ts'

const target = '≥ 3,000'

export async function bundleRows(bench: Bench): Promise<Row[]> {
  const { server } = bench
  const synthea = sharedTexts('synthea')
  const bundles = synthea ? await syntheaCharts(synthea, bench) : generatedCharts(bench)
  const work = `${synthea ? 'Synthea' : 'generated'} chart as a transaction, resources/s`
  const refusal = await refused(bundles[0]!.body, server.port)
  if (refusal) return [notMeasured(work, target, refusal)]

  const entries = bundles.reduce((sum, bundle) => sum + bundle.entries, 0) / bundles.length
  const rows: Row[] = []
  for (const connections of [1, 2]) {
    const list = bundles.map(({ body }) => ({ method: 'POST' as const, path: '/fhir', body }))
    const sent = requests('bundle', server, list, connections)
    await measure(sent, bench, bench.pace.slice)
    const seen = await measure(sent, bench, 6 * bench.pace.slice)
    if (seen.errors > 0) throw new Error(seen.firstError)
    const perSecond = seen.perSecond * entries
    rows.push(
      rowOf(`${work}, ${connections} at once, ${Math.round(entries)} entries`, rate(perSecond), target, perSecond, {
        note: `${Math.round(seen.nodeCpu / entries)} + ${Math.round(seen.postgresCpu / entries)} µs CPU per resource`,
      }),
    )
  }
  return rows
}

interface Chart {
  readonly body: string
  readonly entries: number
}

/** Charts of 600 to 1,050 entries; what they refer to conditionally is stored before. */
async function syntheaCharts(texts: ReadonlyMap<string, string>, { server }: Bench): Promise<Chart[]> {
  const charts: Chart[] = []
  for (const [name, body] of texts) {
    if (/^0-/.test(name)) await send(body, server.port)
    else charts.push({ body, entries: (JSON.parse(body) as { entry: unknown[] }).entry.length })
  }
  return charts.filter(({ entries }) => entries >= 600 && entries <= 1050)
}

function generatedCharts({ world }: Bench): Chart[] {
  return Array.from({ length: 8 }, (_, chart) => {
    const resources = [...chartOf(world, chart, 70)]
    const urls = new Map(resources.map((r) => [`${r['resourceType']}/${r['id']}`, `urn:uuid:${r['id']}`]))
    const entry = resources.map((resource) => entryOf(resource, urls))
    return { body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }), entries: entry.length }
  })
}

function entryOf(resource: JsonObject, urls: ReadonlyMap<string, string>): JsonObject {
  const { id, ...rest } = resource
  const linked = JSON.parse(
    JSON.stringify(rest, (key, value) => (key === 'reference' ? (urls.get(value) ?? value) : value)),
  ) as JsonObject
  return {
    fullUrl: `urn:uuid:${id}`,
    resource: linked,
    request: { method: 'POST', url: resource['resourceType']! },
  }
}

async function send(body: string, port: number): Promise<Response> {
  const headers = { 'content-type': 'application/fhir+json' }
  return fetch(`http://127.0.0.1:${port}/fhir`, { method: 'POST', headers, body })
}

/** Why a server does not take a transaction; undefined when it does. */
async function refused(body: string, port: number): Promise<string | undefined> {
  const response = await send(body, port)
  const text = await response.text()
  return response.ok ? undefined : `${response.status}: ${text.slice(0, 200)}`
}
