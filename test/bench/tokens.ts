/** What it costs to check an access token: the same reads with and without, on two servers beside each other. */
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { openDatabase } from '../../server/store/database.ts'
import { putClient } from '../../server/store/smart/clients.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'
import type { Bench } from './bench.ts'
import { interleave, requests } from './measure.ts'
import { startServer } from './processes.ts'
import { readPaths } from './reads.ts'
import { cpu, type Row, rate, rowOf } from './report.ts'
import { storedRows } from './samples.ts'

const connections = 16
/** Sessions of as many services at once. */
const tokens = 50

export async function tokenRows(bench: Bench): Promise<Row[]> {
  const paths = readPaths(await storedRows(bench.db, 'Observation', 4000))
  const given = await issue(bench.postgresUrl)
  const smart = await startServer(bench.dataDir, { AUTH: 'smart' })
  try {
    const open = paths.map((path) => ({ method: 'GET', path }) as const)
    const checked = open.map((request, i) => ({ ...request, token: given[i % tokens]! }))
    const cases = [requests('open', bench.server, open, connections), requests('checked', smart, checked, connections)]
    const seen = await interleave(cases, bench, bench.pace)
    const [without, with_] = [seen.get('open')!, seen.get('checked')!]
    const ratio = with_.perSecond / without.perSecond
    return [
      rowOf(
        `read by id with a token, ${connections} connections`,
        `${rate(with_.perSecond)}, ${cpu(with_)}`,
        '≥ 0.97',
        ratio,
        {
          limit: `${rate(without.perSecond)}, ${cpu(without)}`,
          ratio,
        },
      ),
    ]
  } finally {
    await smart.stop()
  }
}

/** Tokens of a backend service, as the server would store them. */
async function issue(postgresUrl: string): Promise<readonly string[]> {
  const database = openDatabase(postgresUrl, { connections: 1 })
  const [created, scopes] = [Date.now(), 'system/*.cruds']
  const expires = created + 3_600_000
  try {
    await putClient(database, {
      ...{ id: 'bench', name: 'Benchmark', state: 'active', source: 'administrator', authMethod: 'private_key_jwt' },
      ...{ redirectUris: [], grantTypes: ['client_credentials'], scopes, jwks: { keys: [] }, jwksUri: null },
      ...{ trusted: false, metadata: {}, created },
    })
    const made = Array.from({ length: tokens }, newToken)
    for (const token of made) {
      const grant = await addGrant(database, { client: 'bench', scopes, context: {}, created, expires })
      await addToken(database, { hash: secretHash(token), kind: 'access', grant, scopes, created, expires })
    }
    return made
  } finally {
    await database.close()
  }
}
