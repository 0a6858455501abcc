import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OutcomeError } from '../../server/fhir/outcome.ts'
import { decompress } from '../../server/http/compression.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  for (const [id, size] of [
    ['small', 10],
    ['middle', 4000],
    ['large', 200_000],
  ] as const) {
    const text = {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml">${'wort '.repeat(size / 5)}</div>`,
    }
    await server.fhir('PUT', `Patient/${id}`, { resourceType: 'Patient', id, text })
  }
})
afterAll(() => server.close())

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { gzip: gunzipSync, br: brotliDecompressSync }

test.each([
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['*', 'br'],
  ['zstd, gzip', 'gzip'],
])('Accept-Encoding: %s is answered in %s', async (accepted, encoding) => {
  for (const id of ['middle', 'large']) {
    const plain = await server.fhir('GET', `Patient/${id}`)
    const reply = await server.fhir('GET', `Patient/${id}`, undefined, { 'accept-encoding': accepted })
    expect(reply.headers['content-encoding']).toBe(encoding)
    expect(reply.headers['vary']).toContain('Accept-Encoding')
    expect(reply.bytes.length).toBeLessThan(plain.bytes.length / 4)
    expect(Number(reply.headers['content-length'])).toBe(reply.bytes.length)
    expect(decoders[encoding]!(reply.bytes)).toEqual(plain.bytes)
  }
})

test.each(['identity', 'zstd', 'gzip;q=0', ''])('Accept-Encoding: %j is answered as it is', async (accepted) => {
  const reply = await server.fhir('GET', 'Patient/middle', undefined, { 'accept-encoding': accepted })
  expect(reply.headers['content-encoding']).toBeUndefined()
})

test('tiny replies are not compressed', async () => {
  const reply = await server.fhir('GET', 'Patient/small', undefined, { 'accept-encoding': 'gzip' })
  expect(reply.headers['content-encoding']).toBeUndefined()
})

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['identity', (bytes: Buffer) => bytes],
])('a body in %s is read', async (encoding, encode) => {
  const body = encode(Buffer.from('{"resourceType":"Patient","gender":"other"}'))
  const reply = await server.fhir('POST', 'Patient', body, { 'content-encoding': encoding })
  expect(reply.status).toBe(201)
  expect(reply.json['gender']).toBe('other')
})

test.each([
  ['zstd', Buffer.from('x'), 415, 'unsupported-media-type'],
  ['gzip, br', Buffer.from('x'), 415, 'unsupported-media-type'],
  ['gzip', Buffer.from('no gzip'), 400, 'bad-request'],
  ['gzip', gzipSync('{"resourceType":"Patient"}').subarray(0, 20), 400, 'bad-request'],
])('a body in %s that cannot be read is refused', async (encoding, body, status, code) => {
  const reply = await server.fhir('POST', 'Patient', body, { 'content-encoding': encoding })
  expect(reply.status).toBe(status)
  expect(reply.text).toContain(`"${code}"`)
})

test('a small body that holds a large one is given up at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 })
  expect(bomb.length).toBeLessThan(300_000)
  const reply = await server.fhir('POST', 'Patient', bomb, { 'content-encoding': 'gzip' })
  expect(reply.status).toBe(413)
})

test('the limit is that of the body after decompression', async () => {
  const body = gzipSync(Buffer.alloc(1001))
  await expect(decompress(body, 'gzip', 1001)).resolves.toHaveLength(1001)
  const error = await decompress(body, 'gzip', 1000).catch((thrown: OutcomeError) => thrown)
  expect((error as OutcomeError).status).toBe(413)
})
