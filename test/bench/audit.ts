/** What it costs reads and searches that all of them are noted: two servers, one of which notes nothing. */
import { join } from 'node:path'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { auditSize } from '../../server/store/audit.ts'
import { openDatabase } from '../../server/store/database.ts'
import { putClient } from '../../server/store/smart/clients.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'
import type { Bench } from './bench.ts'
import { personOf } from './data.ts'
import { interleave, type Measured, requests } from './measure.ts'
import { type Listening, serverSettings, startListening } from './processes.ts'
import { readPaths } from './reads.ts'
import { cpu, type Row, rate, rowOf } from './report.ts'
import { storedRows } from './samples.ts'

const program = join(import.meta.dirname, 'audited-server.ts')
const scopes = 'system/*.rs'

export async function auditRows(bench: Bench): Promise<Row[]> {
  const database = openDatabase(bench.postgresUrl, { connections: 2 })
  const settings = { ...serverSettings(bench.dataDir), AUTH: 'smart', DATABASE_URL: bench.postgresUrl }
  const servers: Listening[] = []
  try {
    const token = await tokenOf(database)
    for (const name of ['audited', 'unaudited']) servers.push(await startListening(program, [name], settings))
    const [audited, unaudited] = servers as [Listening, Listening]
    const stored = await storedRows(bench.db, 'Observation', 4000)
    const reads = readPaths(stored)
    const searches = stored.slice(0, 500).map(({ id }) => `/fhir/Observation?_id=${id}&_include=Observation:subject`)
    const charts = Array.from({ length: Math.min(500, bench.world.charts) }, (_, i) => personOf(i).id)
    const pages = charts.map((id) => `/fhir/Observation?patient=${id}&_count=20`)
    const measured = async (name: string, paths: readonly string[]) => {
      const list = paths.map((path) => ({ method: 'GET' as const, path, token }))
      const cases = [requests('with', audited, list, 16), requests('without', unaudited, list, 16)]
      const seen = await interleave(cases, bench, { ...bench.pace, rounds: bench.pace.rounds * 2 })
      return auditRowsOf(name, seen.get('with')!, seen.get('without')!)
    }
    const rows = [
      ...(await measured('read by id', reads)),
      ...(await measured('search of 20', pages)),
      ...(await measured('search with an include', searches)),
    ]
    for (const { work, measured, limit } of rows) bench.say(`${work}: ${measured}; without: ${limit}`)
    const before = await auditSize(database)
    const began = performance.now()
    while ((await answerOf(audited, token, '/fhir/AuditEvent?_summary=count')).includes('incomplete'));
    const took = performance.now() - began
    const after = await auditSize(database)
    const made = after.events - before.events
    const each = (after.bytes - before.bytes) / made
    const deferred = {
      work: 'making AuditEvents of what was noted, put off until there is time',
      measured: `${Math.round((took * 1000) / made)} µs each, ${rate(made, '')} of them`,
      target: '',
    }
    return [
      ...rows,
      deferred,
      rowOf('an AuditEvent on disk, indexes included', `${Math.round(each)} bytes`, '≤ 3000', each),
    ]
  } finally {
    for (const server of servers) await server.stop()
    await database.close()
  }
}

/** By what is answered, and by CPU time, which other programs disturb less. */
function auditRowsOf(work: string, audited: Measured, unaudited: Measured): Row[] {
  const ratio = audited.perSecond / unaudited.perSecond
  const spent = (audited.nodeCpu + audited.postgresCpu) / (unaudited.nodeCpu + unaudited.postgresCpu)
  const [measured, limit] = [audited, unaudited].map((one) => `${rate(one.perSecond)}, ${cpu(one)}`) as [string, string]
  return [
    rowOf(`${work}, noted`, measured, '≥ 0.95', ratio, { limit, ratio }),
    rowOf(`${work}, noted: CPU`, cpu(audited), '≤ 1.05', spent, { limit: cpu(unaudited), ratio: spent }),
  ]
}

async function tokenOf(db: ReturnType<typeof openDatabase>): Promise<string> {
  const created = Date.now()
  const times = { created, expires: created + 3_600_000 }
  await putClient(db, {
    ...{ id: 'bench', name: 'The benchmark', state: 'active', source: 'administrator', authMethod: 'none' },
    ...{ redirectUris: [], grantTypes: ['client_credentials'], scopes, jwks: null, jwksUri: null },
    ...{ trusted: false, metadata: {}, created },
  })
  const grant = await addGrant(db, { client: 'bench', scopes, context: {}, ...times })
  const token = newToken()
  await addToken(db, { hash: secretHash(token), kind: 'access', grant, scopes, ...times })
  return token
}

async function answerOf({ port }: Listening, token: string, path: string): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${path} was answered with ${reply.status}: ${text}`)
  return text
}
