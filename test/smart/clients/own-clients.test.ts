import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { registerOwnClients } from '../../../server/smart/clients/own-clients.ts'
import { secretHash } from '../../../server/store/accounts/codes.ts'
import { clientSecrets, findClient, putClient } from '../../../server/store/smart/clients.ts'
import { origin, type SmartServer, smartServer } from '../../support/smart-server.ts'

let server: SmartServer
let folder: string

beforeAll(async () => {
  server = await smartServer({ demo: true })
  folder = mkdtempSync(join(tmpdir(), 'candela-apps-'))
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('our own apps are known as they are now', async () => {
  const { database } = server.context.store
  const write = (name: string) => {
    mkdirSync(join(folder, 'portal'), { recursive: true })
    const client = {
      client_name: name,
      redirect_uris: ['/apps/portal/'],
      launch_uri: '/apps/portal/launch.html',
      scope: 'openid patient/*.rs',
    }
    writeFileSync(join(folder, 'portal', 'client.json'), JSON.stringify(client))
  }
  write('Portal')
  await registerOwnClients(server.context, folder)
  write('My record')
  await registerOwnClients(server.context, folder)
  expect(await findClient(database, 'portal')).toMatchObject({
    name: 'My record',
    authMethod: 'none',
    trusted: true,
    state: 'active',
    redirectUris: [`${origin}/apps/portal/`],
    metadata: { launch_uri: `${origin}/apps/portal/launch.html` },
  })
})

test('the clients of the demo are there, and stay as they were changed', async () => {
  const { database } = server.context.store
  await registerOwnClients(server.context, folder)
  expect(await clientSecrets(database, 'demo-confidential', server.now())).toEqual([secretHash('demo-secret')])
  const backend = (await findClient(database, 'demo-backend'))!
  await putClient(database, { ...backend, jwks: { keys: [{ kid: 'mine' }] } })
  await registerOwnClients(server.context, folder)
  expect(await findClient(database, 'demo-backend')).toMatchObject({ jwks: { keys: [{ kid: 'mine' }] } })
})
