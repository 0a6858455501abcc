/**
 * What access costs: reads with and without a token, and searches of a patient's app beside the same ones where everything is
 * open. Nothing is noted meanwhile: what that costs is measured by itself.
 */
import { openDatabase } from '../../server/store/database.ts'
import type { Bench } from './bench.ts'
import { analytes } from './codes.ts'
import { patientToken, serviceToken } from './issued.ts'
import { interleave, type Measured, requests } from './measure.ts'
import { type Listening, startUnaudited } from './processes.ts'
import { readPaths } from './reads.ts'
import { cpu, milliseconds, type Row, rate, rowOf } from './report.ts'
import { storedRows } from './samples.ts'
import { fullCharts } from './shapes.ts'

const connections = 16
/** Sessions of as many services at once. */
const services = 50
/** Patients whose apps search. */
const patients = 20

export async function tokenRows(bench: Bench): Promise<Row[]> {
  const database = openDatabase(bench.postgresUrl, { connections: 2 })
  const smart = await startUnaudited(bench.dataDir, bench.postgresUrl)
  try {
    const tokens: string[] = []
    for (let i = 0; i < services; i++) tokens.push(await serviceToken(database, 'system/*.cruds'))
    const paths = readPaths(await storedRows(bench.db, 'Observation', 4000))
    const reads = await compared(paths, (i) => tokens[i % services]!, smart, bench)
    const ratio = spent(reads.checked) / spent(reads.open)
    const row = rowOf(`read by id with a token, ${connections} connections: CPU`, cpu(reads.checked), '≤ 1.03', ratio, {
      limit: `${rate(reads.open.perSecond)}, ${cpu(reads.open)}`,
      ratio,
    })
    return [row, ...(await searchRows(smart, database, bench))]
  } finally {
    await smart.stop()
    await database.close()
  }
}

async function searchRows(smart: Listening, database: ReturnType<typeof openDatabase>, bench: Bench): Promise<Row[]> {
  const charts = fullCharts(bench.world, patients)
  const tokens: string[] = []
  for (const id of charts) tokens.push(await patientToken(database, id, 'patient/*.rs'))
  const code = `http://loinc.org|${analytes[0]!.code}`
  const shapes: readonly (readonly [string, string])[] = [
    ['patient', '_count=20'],
    ['patient + code', `code=${code}&_count=20`],
    ['patient, newest first', '_sort=-date&_count=20'],
    ['patient + category + date', 'category=laboratory&date=ge2013-03-01&_count=20'],
    ['patient with includes', '_include=Observation:encounter&_count=20'],
  ]
  const rows: Row[] = []
  for (const [name, query] of shapes) {
    const paths = charts.map((id) => `/fhir/Observation?patient=${id}&${query}`)
    const { open, checked } = await compared(paths, (i) => tokens[i]!, smart, bench, 1)
    const ratio = spent(checked) / spent(open)
    const facts = (one: Measured) => `${milliseconds(one.p50)} p50, ${cpu(one)}`
    rows.push(
      rowOf(`search of a patient's app: ${name}`, facts(checked), '≤ 1.3', ratio, { limit: facts(open), ratio }),
    )
  }
  return rows
}

async function compared(
  paths: readonly string[],
  tokenOf: (i: number) => string,
  smart: Listening,
  bench: Bench,
  at = connections,
): Promise<{ readonly open: Measured; readonly checked: Measured }> {
  const open = paths.map((path) => ({ method: 'GET', path }) as const)
  const checked = open.map((request, i) => ({ ...request, token: tokenOf(i) }))
  const cases = [requests('open', bench.server, open, at), requests('checked', smart, checked, at)]
  const seen = await interleave(cases, bench, { ...bench.pace, rounds: bench.pace.rounds * 2 })
  return { open: seen.get('open')!, checked: seen.get('checked')! }
}

/** Microseconds of CPU for a request. */
function spent({ nodeCpu, postgresCpu }: Measured): number {
  return nodeCpu + postgresCpu
}
