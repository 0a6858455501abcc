/** Processes that make AuditEvents at once are killed in the middle: what was told to be lost at most is. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyAudit } from '../../server/interactions/audit/verify.ts'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'
import { bearer, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'
import { type ServerProcess, serverProcess } from './processes.ts'

let server: SmartServer
let processes: ServerProcess[]
let token: string

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
  token = await tokenFor(server)
  const env = { AUTH: 'smart', LOG_LEVEL: 'error', DATA_DIR: server.context.config.dataDir }
  const start = () => serverProcess(server.databaseUrl, env, 'oauth-process.ts')
  processes = await Promise.all([start(), start(), start()])
}, 120_000)
afterAll(async () => {
  for (const one of processes ?? []) await one.kill()
  await server?.close()
})

async function tokenFor({ context: { store } }: SmartServer): Promise<string> {
  const [created, scopes] = [Date.now(), 'user/*.cruds']
  const times = { created, expires: created + 3_600_000 }
  const grant = await addGrant(store.database, { client: 'public', account: '5', scopes, context: {}, ...times })
  const secret = newToken()
  await addToken(store.database, { hash: secretHash(secret), kind: 'access', grant, scopes, ...times })
  return secret
}

interface Answered {
  readonly id: string
  readonly process: number
  readonly isWrite: boolean
  /** When the answer came. */
  readonly at: number
}

const answered: Answered[] = []
const killedAt: number[][] = [[], [], []]
let sent = 0
let stopped = false

/** One user of one process: reads mostly, writes, and asks for AuditEvents, so that they are made meanwhile. */
async function use(process: number): Promise<void> {
  while (!stopped) {
    const number = ++sent
    const id = `kill-${number}`
    const isWrite = number % 10 === 0
    const asks = number % 97 === 0
    const path = asks ? 'AuditEvent?_count=1' : 'Patient/p1'
    const body = JSON.stringify({ resourceType: 'Basic', code: { text: id }, subject: { reference: 'Patient/p1' } })
    const headers = { ...bearer(token), 'x-request-id': id, 'content-type': 'application/fhir+json' }
    const url = `${processes[process]!.url}/fhir/`
    const request = isWrite ? fetch(`${url}Basic`, { method: 'POST', headers, body }) : fetch(url + path, { headers })
    const status = await request.then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      () => undefined,
    )
    if (status === undefined) await delay(20)
    else if (status < 300) answered.push({ id, process, isWrite, at: performance.now() })
  }
}

/** Milliseconds that a read may have been answered before its process was killed, and be lost: those of waiting and writing. */
const mayBeLost = 400

test('nothing that was answered is missing but the reads of the last moment, and nothing is there twice', async () => {
  const users = [0, 1, 2].flatMap((process) => [use(process), use(process)])
  for (let round = 0; round < 6; round++) {
    await delay(500)
    const [number, one] = [round % 3, processes[round % 3]!]
    killedAt[number]!.push(performance.now())
    await one.kill()
    await one.start()
  }
  await delay(500)
  stopped = true
  await Promise.all(users)
  await delay(mayBeLost)
  await server.context.audit!.settle()

  const rows = await server.context.store.database.pool.query<{ id: string }>(
    `select substring(content from '"value":"(kill-[0-9]+)"') as id from r_auditevent where content like '%"kill-%'`,
  )
  const counts = new Map<string, number>()
  for (const { id } of rows.rows) counts.set(id, (counts.get(id) ?? 0) + 1)
  const isExcused = ({ process, isWrite, at }: Answered) =>
    !isWrite && killedAt[process]!.some((time) => at > time - mayBeLost && at <= time + 50)
  const missing = answered.filter((one) => !counts.has(one.id) && !isExcused(one))
  expect(missing).toEqual([])
  const asked = answered.filter(({ id }) => counts.has(id) && Number(id.slice(5)) % 97 !== 0)
  expect(asked.filter(({ id }) => counts.get(id) !== 1)).toEqual([])
  expect(answered.filter(({ isWrite }) => isWrite).length).toBeGreaterThan(20)
  expect(answered.length).toBeGreaterThan(200)
  const { problems, examples, segments } = await verifyAudit(server.context)
  expect([problems, examples]).toEqual([0, []])
  expect(segments).toBeGreaterThan(3)
}, 300_000)
