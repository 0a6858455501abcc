/** Apps are launched in a real browser, which has rules of its own about cookies, forms and redirects. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { findClient, putClient } from '../../server/store/smart/clients.ts'
import { authorizeParameters } from '../support/browser.ts'
import { type TestBrowser, testBrowser } from '../support/chromium-page.ts'
import { bearer, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'

describe('in Chromium', () => {
  let server: SmartServer
  let base: string
  let app: Server
  let callback: string
  let chrome: TestBrowser

  beforeAll(async () => {
    const port = await freePort()
    base = `http://localhost:${port}`
    server = await smartServer({ publicUrl: base })
    await storePatients(server)
    await server.app.listen({ port, host: 'localhost' })
    app = createServer((_request, response) => void response.end('<!doctype html><title>The app</title>')).listen(
      0,
      '127.0.0.1',
    )
    await once(app, 'listening')
    callback = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`
    const client = (await findClient(server.context.store.database, 'public'))!
    await putClient(server.context.store.database, { ...client, redirectUris: [callback] })
    chrome = await testBrowser(base, new URL(callback).origin)
  }, 120_000)
  afterAll(async () => {
    await chrome?.close()
    app?.close()
    await server?.close()
  })

  const authorize = (given: Record<string, string>) => {
    const { query, verifier } = authorizeParameters({ redirect_uri: callback, aud: `${base}/fhir`, ...given })
    return { url: `${base}/auth/authorize?${query}`, query, verifier }
  }

  async function tokens(arrived: string, verifier: string) {
    const code = new URL(arrived).searchParams.get('code')!
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    return server.post('/auth/token', { ...form, client_id: 'public' })
  }

  test('an app is launched from inside, by a form', async () => {
    const { page, close } = await chrome.open()
    const context = page.context()
    const { port } = new URL(base)
    const session = { name: `candela_session_${port}`, value: server.people.begin('clinician'), url: base }
    await context.addCookies([{ ...session, httpOnly: true, sameSite: 'Lax' }])
    const user = authorize({ scope: 'user/Patient.rs' })
    await page.goto(user.url)
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.waitForURL(`${callback}?**`)
    const { json } = await tokens(page.url(), user.verifier)
    const parameter = [
      { name: 'patient', valueString: 'p1' },
      { name: 'client', valueString: 'public' },
    ]
    const launched = await server.fhir(
      'POST',
      '$smart-launch',
      { resourceType: 'Parameters', parameter },
      bearer(String(json['access_token'])),
    )
    const [{ valueString: launch }] = launched.json['parameter'] as unknown as [{ valueString: string }]

    const second = await context.newPage()
    const { query, verifier } = authorize({ scope: 'launch openid fhirUser user/Patient.rs', launch })
    // The app's own page sends the form: from another site, so that the browser keeps back what is not for others.
    await second.goto(callback)
    await second.setContent(
      `<form method="post" action="${base}/auth/authorize">${[...query].map(([name, value]) => `<input name="${name}" value="${value}">`).join('')}<button>Go</button></form>`,
    )
    await second.getByRole('button', { name: 'Go' }).click()
    await second.getByRole('button', { name: 'Allow', exact: true }).click()
    await second.waitForURL(`${callback}?**`)
    const reply = await tokens(second.url(), verifier)
    expect(reply.json).toMatchObject({ patient: 'p1', scope: 'launch openid fhirUser user/Patient.rs' })
    await close()
  })

  test('no other page shows ours inside itself', async () => {
    const { page, close } = await chrome.open()
    const refused: string[] = []
    page.on('console', (message) => refused.push(message.text()))
    await page.goto(callback)
    await page.setContent(`<iframe src="${authorize({}).url.replaceAll('&', '&amp;')}"></iframe>`)
    await expect.poll(() => refused.join()).toContain('frame-ancestors')
    await close()
  })
})
