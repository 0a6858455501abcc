import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keySource, keysOf } from '../../../server/smart/clients/client-keys.ts'
import { ForeignFetchError, foreignFetch } from '../../../server/smart/foreign-fetch.ts'
import { putClient } from '../../../server/store/smart/clients.ts'
import { assertionFor, assertionType, type SmartServer, smartServer } from '../../support/smart-server.ts'

let publisher: Server
let address: string
let asked = 0
/** What is published now. */
let published: { status?: number; body: string; headers?: Record<string, string> } = { body: '{"keys":[]}' }

beforeAll(async () => {
  publisher = createServer((_request, response) => {
    asked += 1
    response.writeHead(published.status ?? 200, published.headers).end(published.body)
  }).listen(0, '127.0.0.1')
  await once(publisher, 'listening')
  address = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}`
})
afterAll(() => publisher?.close())
beforeEach(() => {
  asked = 0
})

const key = (kid: string): JWK => ({ kty: 'EC', crv: 'P-384', x: 'a', y: 'b', kid })
const publish = (keys: readonly object[], headers: Record<string, string> = {}) => {
  published = { body: JSON.stringify({ keys }), headers }
}

function source(start = 0) {
  let time = start
  const keys = keySource({ fetch: (url) => foreignFetch(url, { allowedOrigins: [address] }), now: () => time })
  const client = { jwks: null, jwksUri: `${address}/jwks` }
  return { find: (kid: string) => keys.find(client, kid), pass: (milliseconds: number) => (time += milliseconds) }
}

describe('published keys', () => {
  test('are kept as long as their Cache-Control says', async () => {
    publish([key('1')], { 'cache-control': 'public, max-age=10' })
    const { find, pass } = source()
    await Promise.all([find('1'), find('1')])
    await find('1')
    expect(asked).toBe(1)
    pass(11_000)
    await find('1')
    expect(asked).toBe(2)
  })

  test('are not kept where they say so', async () => {
    publish([key('1')], { 'cache-control': 'no-store' })
    const { find } = source()
    await find('1')
    await find('1')
    expect(asked).toBe(2)
  })

  test('are looked at again for a key that is new, but not for each that is made up', async () => {
    publish([key('1')], { 'cache-control': 'max-age=3600' })
    const { find, pass } = source()
    await find('1')
    publish([key('1'), key('2')], { 'cache-control': 'max-age=3600' })
    expect(await find('2')).toBeUndefined()
    pass(2001)
    expect(await find('2')).toMatchObject({ kid: '2' })
    const before = asked
    for (let i = 0; i < 10; i++) expect(await find(`x${i}`)).toBeUndefined()
    expect(asked).toBe(before)
  })

  test('that cannot be had are not asked for by everybody who comes', async () => {
    published = { status: 500, body: '' }
    const { find, pass } = source()
    for (let i = 0; i < 10; i++) await expect(find('1')).rejects.toThrow('status 500')
    expect(asked).toBe(1)
    publish([key('1')])
    pass(2001)
    expect(await find('1')).toBeDefined()
  })

  test('that were withdrawn are known no more', async () => {
    publish([key('1')], { 'cache-control': 'max-age=1' })
    const { find, pass } = source()
    expect(await find('1')).toBeDefined()
    publish([])
    pass(1001)
    expect(await find('1')).toBeUndefined()
  })
})

test.each<[string, object]>([
  ['private', { ...key('1'), d: 'x' }],
  ['a shared secret', { kty: 'oct', k: 'x', kid: '1' }],
  ['for encryption', { ...key('1'), use: 'enc' }],
  ['without kid', { kty: 'EC', crv: 'P-384', x: 'a', y: 'b' }],
  ['in parts', { kty: 'RSA', n: 'x', kid: '1' }],
  ['of the prototype', { kty: 'constructor', kid: '1' }],
])('a key that is %s is none', (_name, one) => {
  expect(keysOf({ keys: [one] })).toEqual([])
})

describe('what somebody else named is not fetched', () => {
  test.each<[name: string, url: string, reason?: string]>([
    ['from this machine', 'https://127.0.0.1/jwks'],
    ['from this machine by name', 'https://localhost/jwks', '(EACCES)'],
    ['from this machine in digits', 'https://2130706433/jwks'],
    ['from this machine in octal', 'https://0177.0.0.1/jwks'],
    ['from this machine in hexadecimal', 'https://0x7f.1/jwks'],
    ['from this machine in short', 'https://127.1/jwks'],
    ['from this machine by IPv6', 'https://[::1]/jwks'],
    ['from this machine, mapped', 'https://[::ffff:7f00:1]/jwks'],
    ['from nowhere', 'https://0.0.0.0/jwks'],
    ['from a private network', 'https://10.1.2.3/jwks'],
    ['from another private network', 'https://192.168.1.1/jwks'],
    ['from the third private network', 'https://172.16.0.1/jwks'],
    ['from a unique local address', 'https://[fd00::1]/jwks'],
    ['from the link', 'https://169.254.169.254/latest/meta-data'],
    ['from the link by IPv6', 'https://[fe80::1]/jwks'],
    ['from a carrier', 'https://100.64.0.1/jwks'],
    ['through NAT64', 'https://[64:ff9b::7f00:1]/jwks'],
    ['without TLS', 'http://app.example.org/jwks', 'must begin with https'],
    ['from a file', 'file:///etc/passwd', 'must begin with https'],
    ['with a password', 'https://a:b@app.example.org/jwks', 'contains a password'],
    ['from what is no address', 'jwks', 'no URL'],
    ['from another port of an allowed host', 'http://127.0.0.1:1/jwks', 'must begin with https'],
  ])('%s', async (_name, url, reason = 'The address is not public.') => {
    const fault = await foreignFetch(url, { allowedOrigins: [address] }).catch((error) => error)
    expect(fault).toBeInstanceOf(ForeignFetchError)
    // Told apart from an address where only nobody listens.
    expect(fault.message).toContain(reason)
  })

  test('for long', async () => {
    const slow = createServer((_request, response) => void response.writeHead(200).write('{')).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const origin = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`
    await expect(foreignFetch(`${origin}/`, { allowedOrigins: [origin], timeout: 100 })).rejects.toThrow(
      ForeignFetchError,
    )
    slow.closeAllConnections()
    slow.close()
  })

  test('where it is large', async () => {
    published = { body: 'x'.repeat(300_000) }
    await expect(foreignFetch(`${address}/`, { allowedOrigins: [address] })).rejects.toThrow('more than')
  })

  test('where it leads elsewhere', async () => {
    published = { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }
    await expect(foreignFetch(`${address}/`, { allowedOrigins: [address] })).rejects.toThrow('status 302')
  })
})

describe('a backend service that publishes its keys', () => {
  let server: SmartServer
  beforeAll(async () => {
    server = await smartServer({ fetchAllow: [address] })
  })
  afterAll(() => server?.close())

  test.each(['RS384', 'ES384'])('gets a token by %s, without naming itself besides', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    publish([{ ...(await exportJWK(publicKey)), kid: alg, alg }])
    const id = `service-${alg}`
    await putClient(server.context.store.database, {
      ...{ id, name: id, state: 'active', source: 'administrator', authMethod: 'private_key_jwt', redirectUris: [] },
      ...{ grantTypes: ['client_credentials'], scopes: 'system/*.rs', jwks: null, jwksUri: `${address}/${alg}` },
      ...{ trusted: false, metadata: {}, created: 0 },
    })
    const ask = async (header: Record<string, unknown>) =>
      server.post('/auth/token', {
        grant_type: 'client_credentials',
        scope: 'system/Patient.rs',
        client_assertion_type: assertionType,
        client_assertion: await assertionFor(id, server.now(), {}, { alg, kid: alg, ...header }, privateKey),
      })
    expect((await ask({})).status).toBe(200)
    expect((await ask({ jku: `${address}/${alg}` })).status).toBe(200)
    expect((await ask({ jku: `${address}/other` })).json['error']).toBe('invalid_client')
    expect((await ask({ kid: 'unknown' })).json['error']).toBe('invalid_client')
  })

  test.each(['waiting', 'disabled'] as const)('and is %s makes us ask nobody', async (state) => {
    const { privateKey } = await generateKeyPair('ES384')
    await putClient(server.context.store.database, {
      ...{ id: state, name: state, state, source: 'registration', authMethod: 'private_key_jwt', redirectUris: [] },
      ...{ grantTypes: ['client_credentials'], scopes: 'system/*.rs', jwks: null, jwksUri: `${address}/${state}` },
      ...{ trusted: false, metadata: {}, created: 0 },
    })
    const reply = await server.post('/auth/token', {
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: assertionType,
      client_assertion: await assertionFor(state, server.now(), {}, {}, privateKey),
    })
    expect([reply.status, reply.json['error'], asked]).toEqual([401, 'invalid_client', 0])
  })

  test('is refused while its keys cannot be had', async () => {
    published = { status: 500, body: '' }
    const { privateKey } = await generateKeyPair('ES384')
    const id = 'service-ES384'
    server.pass(400_000)
    const reply = await server.post('/auth/token', {
      grant_type: 'client_credentials',
      scope: 'system/Patient.rs',
      client_assertion_type: assertionType,
      client_assertion: await assertionFor(id, server.now(), {}, { kid: 'ES384' }, privateKey),
    })
    expect({ status: reply.status, error: reply.json['error'] }).toEqual({ status: 401, error: 'invalid_client' })
  })
})
