import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientDetails, clientOptions } from '../../server/cli/client/options.ts'
import { actions, clientWork } from '../../server/cli/client.ts'
import { commands } from '../../server/cli/commands.ts'
import { ConfigError } from '../../server/config.ts'
import { secretHash } from '../../server/store/accounts/codes.ts'
import { clientSecrets, findClient } from '../../server/store/smart/clients.ts'
import { type SmartServer, smartServer } from '../support/smart-server.ts'

let server: SmartServer
let folder: string

beforeAll(async () => {
  server = await smartServer()
  folder = mkdtempSync(join(tmpdir(), 'candela-client-'))
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function run(...args: string[]): Promise<string> {
  const { work, call } = clientWork(args)
  const lines: string[] = []
  expect(await work(call, server.context, (text) => void lines.push(text))).toBe(0)
  return lines.join('\n')
}

const stored = (id: string) => findClient(server.context.store.database, id)
const secrets = (id: string) => clientSecrets(server.context.store.database, id, server.now())

test('a client with a secret is added, and its secret changed', async () => {
  const added = await run(
    'add',
    '--id',
    'mine',
    '--name',
    'My app',
    '--redirect',
    'https://app.example.org/cb',
    '--grant',
    'authorization_code',
    '--grant',
    'refresh_token',
  )
  const [, secret] = /^client_secret +(\S+)$/m.exec(added)!
  expect(await stored('mine')).toMatchObject({
    name: 'My app',
    authMethod: 'client_secret_basic',
    state: 'active',
    source: 'administrator',
  })
  expect(await secrets('mine')).toEqual([secretHash(secret!)])
  const kept = await run('secret', 'mine', '--keep', '24')
  expect(await secrets('mine')).toHaveLength(2)
  server.pass(25 * 3_600_000)
  const [, second] = /^client_secret +(\S+)$/m.exec(kept)!
  expect(await secrets('mine')).toEqual([secretHash(second!)])
  await run('secret', 'mine')
  expect(await secrets('mine')).toHaveLength(1)
  expect(await secrets('mine')).not.toEqual([secretHash(second!)])
})

test('a client is changed, disabled, approved and removed', async () => {
  await run('add', '--id', 'other', '--auth', 'none', '--redirect', 'http://localhost:*')
  await run('set', 'other', '--name', 'Another name', '--scope', 'openid patient/*.rs')
  expect(await stored('other')).toMatchObject({
    name: 'Another name',
    scopes: 'openid patient/*.rs',
    redirectUris: ['http://localhost:*'],
  })
  await run('disable', 'other')
  expect((await stored('other'))?.state).toBe('disabled')
  await run('approve', 'other')
  expect((await stored('other'))?.state).toBe('active')
  expect(await run('list')).toContain('other  ')
  expect(await run('show', 'other')).toContain('openid patient/*.rs')
  await run('remove', 'other')
  expect(await stored('other')).toBeUndefined()
})

test('keys are taken from a file', async () => {
  const file = join(folder, 'jwks.json')
  writeFileSync(file, JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-384', x: 'a', y: 'b', kid: 'first' }] }))
  await run(
    'add',
    '--id',
    'service',
    '--auth',
    'private_key_jwt',
    '--grant',
    'client_credentials',
    '--scope',
    'system/*.rs',
    '--jwks',
    file,
  )
  expect(await stored('service')).toMatchObject({
    jwks: { keys: [{ kid: 'first' }] },
    grantTypes: ['client_credentials'],
  })
  await run('set', 'service', '--jwks-uri', 'https://app.example.org/jwks')
  expect(await stored('service')).toMatchObject({ jwks: null, jwksUri: 'https://app.example.org/jwks' })
})

test('all that is told of a client can be a file', async () => {
  const file = join(folder, 'client.json')
  writeFileSync(
    file,
    JSON.stringify({
      client_name: 'Of a file',
      redirect_uris: ['https://x.example.org/'],
      token_endpoint_auth_method: 'none',
    }),
  )
  await run('add', file, '--id', 'filed')
  expect(await stored('filed')).toMatchObject({ name: 'Of a file', authMethod: 'none' })
})

test('a name that people would read wrongly is refused', async () => {
  const adding = run('add', '--name', 'Growth\u200b Chart', '--redirect', 'https://x.example.org/', '--auth', 'none')
  await expect(adding).rejects.toThrow('client_name contains characters that nobody sees')
})

test('help tells of every action and every option', () => {
  const { usage, about } = commands['client']!
  const told = usage.split(' | ').map((part) => part.split(' ')[0])
  expect(told.toSorted()).toEqual(Object.keys(actions).toSorted())
  expect(about).not.toBe('')
  for (const option of Object.keys(clientOptions)) expect(usage + clientDetails).toContain(`--${option} `)
})

test.each([[[]], [['paint']], [['show']], [['list', 'x']], [['set', 'a', 'b']], [['add', '--colour', 'red']]])(
  '%j is bad usage',
  (args) => {
    expect(() => clientWork(args)).toThrow(ConfigError)
  },
)
