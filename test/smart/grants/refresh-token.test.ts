import { afterAll, beforeAll, expect, test } from 'vitest'
import { findClient, putClient } from '../../../server/store/smart/clients.ts'
import { exchange, launchApp } from '../../support/browser.ts'
import { bearer, type SmartServer, smartServer } from '../../support/smart-server.ts'
import { storePatients } from '../../support/smart-world.ts'

let server: SmartServer

beforeAll(async () => {
  server = await smartServer()
  await storePatients(server)
})
afterAll(() => server?.close())

async function register(scopes: string): Promise<void> {
  const { database } = server.context.store
  await putClient(database, { ...(await findClient(database, 'public'))!, scopes })
}

test('what an administrator took from the registration is not granted again', async () => {
  const before = (await findClient(server.context.store.database, 'public'))!.scopes
  const scope = 'offline_access launch/patient patient/Patient.cruds patient/Observation.rs'
  const first = (await exchange(server, await launchApp(server, { scope }))).json
  expect(first['scope']).toBe(scope)
  const refresh = (token: unknown, more: Record<string, string> = {}) =>
    server.post('/auth/token', {
      grant_type: 'refresh_token',
      refresh_token: String(token),
      client_id: 'public',
      ...more,
    })

  await register('offline_access launch/patient patient/*.rs')
  const second = await refresh(first['refresh_token'])
  expect(second.json['scope']).toBe('offline_access launch/patient patient/Patient.rs patient/Observation.rs')
  const headers = bearer(String(second.json['access_token']))
  expect((await server.fhir('GET', 'Patient/p1', undefined, headers)).status).toBe(200)
  const more = await refresh(second.json['refresh_token'], { scope: 'patient/Patient.u' })
  expect([more.status, more.json['error']]).toEqual([400, 'invalid_scope'])

  await register('openid')
  const none = await refresh(second.json['refresh_token'])
  expect([none.status, none.json['error']]).toEqual([400, 'invalid_scope'])
  await register(before)
  expect((await refresh(second.json['refresh_token'])).json['scope']).toBe(scope)
})
