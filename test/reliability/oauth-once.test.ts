/** What may be used once is used once, however many use it at once, on however many server processes. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchange, type Launched, launchApp } from '../support/browser.ts'
import { assertionType, bearer, callback, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'
import { type ServerProcess, serverProcess } from './processes.ts'

let server: SmartServer
let processes: readonly ServerProcess[]

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
  // What is sealed is opened by all.
  const env = { AUTH: 'smart', LOG_LEVEL: 'error', DATA_DIR: server.context.config.dataDir }
  const start = () => serverProcess(server.databaseUrl, env, 'oauth-process.ts')
  processes = await Promise.all([start(), start(), start()])
}, 120_000)
afterAll(async () => {
  for (const one of processes ?? []) await one.kill()
  await server?.close()
})

const count = 100

interface Answer {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** The same request a hundred times at once. */
function together(form: Record<string, string>): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const { url } = processes[i % processes.length]!
      const response = await fetch(`${url}/auth/token`, { method: 'POST', body: new URLSearchParams(form) })
      return { status: response.status, json: (await response.json()) as Record<string, unknown> }
    }),
  )
}

function expectOne(answers: readonly Answer[], error: string, status: number): Answer {
  const [first, ...more] = answers.filter((answer) => answer.status === 200)
  expect(more).toEqual([])
  const others = answers.filter((answer) => answer.status !== 200)
  expect(new Set(others.map((answer) => `${answer.status} ${answer.json['error']}`))).toEqual(
    new Set([`${status} ${error}`]),
  )
  expect(others).toHaveLength(count - 1)
  return first!
}

/** On every process, within a second. */
async function expectEnded(token: unknown): Promise<void> {
  const ended = Date.now() + 1000
  for (const { url } of processes) {
    const read = async () => (await fetch(`${url}/fhir/Patient/p1`, { headers: bearer(String(token)) })).status
    while (Date.now() < ended && (await read()) !== 401);
    expect(await read()).toBe(401)
  }
}

const codeForm = ({ parameters, verifier }: Launched) => ({
  grant_type: 'authorization_code',
  code: parameters.get('code')!,
  redirect_uri: callback,
  code_verifier: verifier,
  client_id: 'public',
})

test('a code that a hundred use gives one of them tokens, which end', async () => {
  const { json } = expectOne(await together(codeForm(await launchApp(server))), 'invalid_grant', 400)
  await expectEnded(json['access_token'])
})

test('a refresh token that a hundred use gives one of them tokens, which end', async () => {
  const { json: first } = await exchange(server, await launchApp(server))
  const form = { grant_type: 'refresh_token', refresh_token: String(first['refresh_token']), client_id: 'public' }
  const { json } = expectOne(await together(form), 'invalid_grant', 400)
  await expectEnded(json['access_token'])
  await expectEnded(first['access_token'])
  const again = await together({ ...form, refresh_token: String(json['refresh_token']) })
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([400]))
})

test('an assertion that a hundred use lets one of them in', async () => {
  const { json } = expectOne(
    await together({
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: assertionType,
      client_assertion: await server.assertion(),
    }),
    'invalid_client',
    401,
  )
  for (const { url } of processes) {
    const response = await fetch(`${url}/fhir/Patient/p1`, { headers: bearer(String(json['access_token'])) })
    expect(response.status).toBe(200)
  }
})

test('what one process revokes ends on the others within a second', async () => {
  const { json } = await exchange(server, await launchApp(server))
  const headers = bearer(String(json['access_token']))
  for (const { url } of processes) expect((await fetch(`${url}/fhir/Patient/p1`, { headers })).status).toBe(200)
  const form = new URLSearchParams({ token: String(json['access_token']), client_id: 'public' })
  expect((await fetch(`${processes[0]!.url}/auth/revoke`, { method: 'POST', body: form })).status).toBe(200)
  expect((await fetch(`${processes[0]!.url}/fhir/Patient/p1`, { headers })).status).toBe(401)
  await expectEnded(json['access_token'])
})

test('a launch that is handed in at once by many is used by one', async () => {
  const { json } = await exchange(
    server,
    await launchApp(server, { scope: 'user/Patient.rs' }, { username: 'clinician' }),
  )
  const launched = await server.fhir(
    'POST',
    '$smart-launch',
    { resourceType: 'Parameters', parameter: [{ name: 'patient', valueString: 'p1' }] },
    bearer(String(json['access_token'])),
  )
  const [{ valueString: launch }] = launched.json['parameter'] as unknown as [{ valueString: string }]
  const given = { scope: 'launch user/Patient.rs', launch }
  const all = await Promise.all(Array.from({ length: 20 }, () => launchApp(server, given, { username: 'clinician' })))
  expect(all.filter(({ parameters }) => parameters.has('code'))).toHaveLength(1)
})

test('processes that start at once sign with the same key', async () => {
  const sets = await Promise.all(processes.map(async ({ url }) => (await fetch(`${url}/auth/jwks`)).json()))
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
})
