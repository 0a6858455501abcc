/** A server on a port whose people have real accounts. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Page } from 'playwright-core'
import { createApp } from '../../server/app.ts'
import type { Config } from '../../server/config.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { readOutbox } from '../../server/notices/outbox.ts'
import { createSealer } from '../../server/sealing.ts'
import { hashPassword } from '../../server/smart/accounts/password.ts'
import { addAccount, type StoredAccount } from '../../server/store/accounts/accounts.ts'
import { newToken, secretHash } from '../../server/store/accounts/codes.ts'
import { freePort } from '../../server/store/embedded-postgres.ts'
import { putClient } from '../../server/store/smart/clients.ts'
import { addGrant } from '../../server/store/smart/grants.ts'
import { addToken } from '../../server/store/smart/tokens.ts'
import { type TestReply, type TestServer, testServer } from './test-server.ts'

export const password = 'lantern orchid 42'

export type Fhir = (
  method: string,
  path: string,
  body?: JsonObject,
  headers?: Record<string, string>,
) => Promise<TestReply>

export interface AccountServer {
  readonly origin: string
  readonly server: TestServer
  readonly app: FastifyInstance
  /** Time goes on by so many milliseconds. */
  pass(milliseconds: number): void
  /** Adds an account; answers its number. Its password is `password`. */
  add(username: string, changes?: Partial<StoredAccount>): Promise<string>
  /** Stores a resource under its id. */
  put(resource: JsonObject): Promise<void>
  /** Requests with a token that an account has granted. */
  as(account: string, scopes: string, patient?: string): Promise<Fhir>
  /** The mails to an address, the newest first. */
  mails(address: string): Promise<readonly { readonly template: string; readonly text: string }[]>
  /** The link of the newest mail to an address that has one. */
  link(address: string): Promise<string>
  close(): Promise<void>
}

export const client = { id: 'public', name: 'Growth Chart', redirectUris: ['https://app.example.org/callback'] }

export async function accountServer(config: Partial<Config> = {}): Promise<AccountServer> {
  let passed = 0
  const now = () => Date.now() + passed
  const port = await freePort()
  const origin = config.publicUrl ?? `http://localhost:${port}`
  const sealer = createSealer([Buffer.alloc(32, 3)])
  const server = await testServer({
    config: { auth: 'smart', ...config, publicUrl: origin },
    context: { now, sealer },
  })
  const { context } = server
  const { database } = context.store
  const app = await createApp(context)
  await app.listen({ port, host: '127.0.0.1' })
  const hash = await hashPassword(password)
  await putClient(database, {
    ...{ ...client, state: 'active', source: 'administrator', jwks: null, jwksUri: null },
    ...{ authMethod: 'none', trusted: false, created: 0, metadata: {} },
    ...{ grantTypes: ['authorization_code'], scopes: 'openid fhirUser launch/patient patient/*.rs user/*.cruds' },
  })
  const outbox = { db: database, sealer, now, sender: 'Candela', host: 'localhost' }
  const mails = async (address: string) => {
    const entries = await readOutbox(outbox, { most: 100 })
    return entries
      .filter((entry) => entry.address === address)
      .map(({ template, content }) => ({ template, text: content?.text ?? '' }))
  }
  return {
    origin,
    server,
    app,
    pass: (milliseconds) => {
      passed += milliseconds
    },
    add: async (username, changes = {}) => {
      const account = { username, name: username, email: `${username}@example.org`, emailVerified: true, roles: [] }
      const more = { password: hash, fhirUser: null, state: 'active', demo: false } as const
      return (await addAccount(database, { ...account, ...more, ...changes }, now()))!
    },
    put: async (resource) => {
      const path = [String(resource['resourceType']), String(resource['id'])]
      const open = { ...context, access: { kind: 'open' } as const }
      await context.dispatch({ method: 'PUT', path, query: '', headers: {}, body: resource }, open)
    },
    as: async (account, scopes, patient) => {
      const times = { created: now(), expires: now() + 3_600_000 }
      const given = { client: client.id, account, scopes, context: {}, ...times }
      const grant = await addGrant(database, { ...given, ...(patient !== undefined && { patient }) })
      const token = newToken()
      await addToken(database, { hash: secretHash(token), kind: 'access', grant, scopes, ...times })
      return async (method, path, body, headers) => {
        const reply = await fetch(`${origin}/fhir/${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            'x-request-id': randomUUID(),
            ...(body && { 'content-type': 'application/fhir+json' }),
            ...headers,
          },
          ...(body && { body: JSON.stringify(body) }),
        })
        const text = await reply.text()
        const json = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {}
        const list = Object.fromEntries(reply.headers)
        return { status: reply.status, headers: list, text, bytes: Buffer.from(text), json }
      }
    },
    mails,
    link: async (address) => {
      const texts = (await mails(address)).map(({ text }) => /https?:\/\/\S+\/auth\/\S+/.exec(text)?.[0])
      return texts.find((text) => text !== undefined)!
    },
    close: async () => {
      await app.close()
      await server.close()
    },
  }
}

/** Signs in with a user name and the password of all. */
export async function signIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username or e-mail address').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

export const heading = (page: Page) => page.getByRole('heading', { level: 1 }).innerText()
