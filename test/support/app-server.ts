/** A server with the built apps, records, and people who sign in, for Chromium. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject as provided } from 'vitest'
import { createApp } from '../../server/app.ts'
import type { Config } from '../../server/config.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { createSealer } from '../../server/sealing.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { registerOwnClients } from '../../server/smart/clients/own-clients.ts'
import { addAccount } from '../../server/store/accounts/accounts.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { type TestBrowser, type TestPage, testBrowser } from './chromium-page.ts'
import { type TestServer, testServer } from './test-server.ts'

export const password = 'lantern orchid 42'

export interface AppServer {
  readonly origin: string
  readonly server: TestServer
  readonly browser: TestBrowser
  close(): Promise<void>
}

export interface AppServerOptions {
  /** Servers elsewhere that apps may be launched from, as in `issuers.json`. */
  readonly issuers?: readonly JsonObject[]
  /** Their origins. */
  readonly others?: readonly string[]
  readonly config?: Partial<Config>
}

/** `records` are stored before anybody has to sign in. People: `patient` (Patient/p1) and `clinician` (Practitioner/d1). */
export async function appServer(
  records: readonly JsonObject[],
  { issuers = [], others = [], config = {} }: AppServerOptions = {},
): Promise<AppServer> {
  const building = await fetch(provided('builtApps'))
  if (!building.ok) throw new Error(await building.text())
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'candela-apps-'))
  const all = [{ iss: '/fhir', clients: { inbox: 'inbox', results: 'results' } }, ...issuers]
  writeFileSync(join(dataDir, 'issuers.json'), JSON.stringify({ issuers: all }))
  const open = await testServer({ config: { ...config, publicUrl: origin, dataDir } })
  const entry = records.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource['resourceType']}/${resource['id']}` },
  }))
  const stored = await open.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  if (stored.status !== 200) throw new Error(stored.text.slice(0, 1000))
  const sealer = createSealer([Buffer.alloc(32, 3)])
  const server = {
    ...open,
    context: { ...open.context, sealer, config: { ...open.context.config, auth: 'smart' as const } },
  }
  await registerOwnClients(server.context)
  await addPeople(server)
  const app = await createApp(server.context)
  await app.listen({ port, host: '127.0.0.1' })
  const browser = await testBrowser(origin, ...others)
  return {
    origin,
    server,
    browser,
    close: async () => {
      await browser.close()
      await app.close()
      await server.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function addPeople({ context: { store, now } }: TestServer): Promise<void> {
  const hash = await hashPassword(password)
  const add = (username: string, fhirUser: string, role: string) => {
    const account = { username, name: username, email: null, emailVerified: false, password: hash, roles: [role] }
    return addAccount(store.database, { ...account, fhirUser, state: 'active', demo: false }, now())
  }
  await add('patient', 'Patient/p1', 'patient')
  await add('clinician', 'Practitioner/d1', 'practitioner')
}

/** Through the sign-in page, and back to where one wanted to go. */
export async function signIn({ page }: TestPage, username: string): Promise<void> {
  await page.getByLabel(/Username|Usuario/).fill(username)
  await page.getByLabel(/^(?:Password|Contraseña)/).fill(password)
  await page.keyboard.press('Enter')
}
