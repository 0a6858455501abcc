/** A real server on a real database of its own, for one test file. */
import { randomUUID } from 'node:crypto'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { inject as provided } from 'vitest'
import { createApp } from '../../server/app.ts'
import type { Config } from '../../server/config.ts'
import type { Context } from '../../server/context.ts'
import type { JsonObject } from '../../server/fhir/json.ts'
import { openCore } from '../../server/main.ts'
import { raw } from '../../server/sql.ts'
import { openDatabase } from '../../server/store/database.ts'
import { databaseUrl, template, testConfig } from './test-postgres.ts'

export interface TestDatabase {
  readonly url: string
  /** Ends the database's connections and removes it. */
  drop(): Promise<void>
}

/** A new, empty, migrated database. */
export async function testDatabase(): Promise<TestDatabase> {
  const response = await fetch(provided('testPostgres'))
  const answer = await response.text()
  if (!response.ok) throw new Error(`The test database did not start: ${answer}`)
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const onServer = async (statement: string) => {
    const server = openDatabase(answer, { connections: 1 })
    await server.query(raw(statement), { prepared: false }).finally(server.close)
  }
  await onServer(`create database ${name} template ${template} strategy file_copy`)
  return { url: databaseUrl(answer, name), drop: () => onServer(`drop database if exists ${name} with (force)`) }
}

export interface TestServerOptions {
  readonly config?: Partial<Config>
  /** Replaces parts of the Context, such as its clock. */
  readonly context?: Partial<Context>
  /** An existing database, for a second process on the same data; it is not dropped by `close`. */
  readonly databaseUrl?: string
}

export interface TestReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly bytes: Buffer
  /** The body parsed as JSON; an empty object where it is none. */
  readonly json: JsonObject
}

export interface TestServer {
  readonly app: FastifyInstance
  readonly context: Context
  readonly databaseUrl: string
  /** Fastify's own. */
  inject(options: InjectOptions): Promise<TestReply>
  /** A FHIR request: `path` is below `/fhir`; an object as `body` is sent as application/fhir+json. */
  fhir(
    method: string,
    path: string,
    body?: JsonObject | object | string | Buffer,
    headers?: Record<string, string>,
  ): Promise<TestReply>
  close(): Promise<void>
}

/** Starts an application without a port; requests are injected. */
export async function testServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.databaseUrl === undefined ? await testDatabase() : undefined
  const url = options.databaseUrl ?? database!.url
  const core = await openCore(testConfig(url, options.config))
  const context = { ...core.context, ...options.context }
  const app = await createApp(context)
  await app.ready()

  const inject = async (request: InjectOptions) => {
    const response = await app.inject(request)
    return testReply(response.statusCode, response.headers, response.rawPayload)
  }
  return {
    app,
    context,
    databaseUrl: url,
    inject,
    fhir: (method, path, body, headers) =>
      inject({
        method: method as 'GET',
        url: `/fhir${path === '' || path.startsWith('?') ? path : `/${path.replace(/^\//, '')}`}`,
        headers: { ...(body !== undefined && { 'content-type': 'application/fhir+json' }), ...headers },
        ...(body !== undefined && { payload: payloadOf(body) }),
      }),
    close: async () => {
      await app.close()
      await core.close()
      await database?.drop()
    },
  }
}

export function payloadOf(body: object | string | Buffer): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
}

/** The reply as a client sees it that has undone its compression. */
export function plainReply(reply: TestReply): TestReply {
  const decompress = decompressors[reply.headers['content-encoding'] ?? '']
  if (!decompress || reply.bytes.length === 0) return reply
  return testReply(reply.status, reply.headers, decompress(reply.bytes))
}

const decompressors: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
}

export function testReply(status: number, headers: object, bytes: Buffer): TestReply {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)])
  const text = bytes.toString('utf8')
  return { status, headers: Object.fromEntries(entries), text, bytes, json: jsonOf(text) }
}

function jsonOf(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return {}
  }
}
