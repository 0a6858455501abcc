/** Apps are launched in a real browser, which has rules of its own about cookies, forms and redirects. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { secretHash } from '../../server/store/accounts/codes.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { addClientSecret, findClient, putClient } from '../../server/store/smart/clients.ts'
import { authorizeParameters } from '../support/browser.ts'
import { basic, bearer, type SmartServer, smartServer } from '../support/smart-server.ts'
import { storePatients } from '../support/smart-world.ts'

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const executablePath = places.find((place) => place !== undefined && existsSync(place))

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let server: SmartServer
  let base: string
  let app: Server
  let callback: string
  let chrome: Browser

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
    for (const id of ['public', 'confidential']) {
      const client = (await findClient(server.context.store.database, id))!
      await putClient(server.context.store.database, { ...client, redirectUris: [callback] })
    }
    await addClientSecret(server.context.store.database, 'confidential', secretHash('secret'), { now: 0, until: 0 })
    chrome = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  }, 120_000)
  afterAll(async () => {
    await chrome?.close()
    app?.close()
    await server?.close()
  })

  const opened = async (javaScriptEnabled = true) => {
    const context = await chrome.newContext({ javaScriptEnabled })
    context.setDefaultTimeout(8000)
    return context
  }

  const authorize = (given: Record<string, string>) => {
    const { query, verifier } = authorizeParameters({ redirect_uri: callback, aud: `${base}/fhir`, ...given })
    return { url: `${base}/auth/authorize?${query}`, query, verifier }
  }

  async function tokens(arrived: string, verifier: string, id: string) {
    const code = new URL(arrived).searchParams.get('code')!
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier }
    const isPublic = id === 'public'
    return server.post(
      '/auth/token',
      { ...form, ...(isPublic && { client_id: id }) },
      isPublic ? {} : basic(id, 'secret'),
    )
  }

  test.each([
    ['public', true],
    ['public', false],
    ['confidential', true],
    ['confidential', false],
  ])('a %s app is launched on its own, with scripts: %s', async (id, javaScriptEnabled) => {
    const context = await opened(javaScriptEnabled)
    const page = await context.newPage()
    const { url, verifier } = authorize({ client_id: id })
    await page.goto(url)
    await page.getByLabel('User name').fill('patient')
    await page.getByLabel('Password').fill('right')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.waitForURL(`${callback}?**`)
    const { status, json } = await tokens(page.url(), verifier, id)
    expect({ status, patient: json['patient'] }).toEqual({ status: 200, patient: 'p1' })
    await context.close()
  })

  test('an app is launched from inside, by a form', async () => {
    const context = await opened()
    const { port } = new URL(base)
    const session = { name: `candela_session_${port}`, value: server.people.begin('clinician'), url: base }
    await context.addCookies([{ ...session, httpOnly: true, sameSite: 'Lax' }])
    const page = await context.newPage()
    const user = authorize({ scope: 'user/Patient.rs' })
    await page.goto(user.url)
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await page.waitForURL(`${callback}?**`)
    const { json } = await tokens(page.url(), user.verifier, 'public')
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
    const reply = await tokens(second.url(), verifier, 'public')
    expect(reply.json).toMatchObject({ patient: 'p1', scope: 'launch openid fhirUser user/Patient.rs' })
    await context.close()
  })

  test('no other page shows ours inside itself', async () => {
    const context = await opened()
    const page = await context.newPage()
    const refused: string[] = []
    page.on('console', (message) => refused.push(message.text()))
    await page.goto(callback)
    await page.setContent(`<iframe src="${authorize({}).url.replaceAll('&', '&amp;')}"></iframe>`)
    await expect.poll(() => refused.join()).toContain('frame-ancestors')
    await context.close()
  })
})
