/** Small requests that ask for much: each is answered soon, with a clean outcome or a bounded result. */
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { complaints } from './judge.ts'
import { type HostileRequest, json, jsonPatch, xml } from './request.ts'

let server: TestServer
const people = 30

beforeAll(async () => {
  server = await testServer()
  // Each links to the next, and the last to the first.
  const entry = Array.from({ length: people }, (_, i) => {
    const link = [{ type: 'seealso', other: { reference: `Patient/p${(i + 1) % people}` } }]
    const resource = { resourceType: 'Patient', id: `p${i}`, name: [{ family: 'x'.repeat(100) }], link }
    return { resource, request: { method: 'PUT', url: `Patient/p${i}` } }
  })
  const { status } = await server.fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(status).toBe(200)
  // What the first search and the first patch compile is no part of what a bomb costs.
  await server.fhir('GET', 'Patient?name=x&_include:iterate=*')
  await server.inject(injected(pathPatch('Patient.photo')))
})
afterAll(() => server.close())

const megabyte = 1_000_000

function sent(
  method: string,
  url: string,
  payload?: string | Buffer,
  contentType = json,
  headers = {},
): HostileRequest {
  const all = { ...(payload !== undefined && { 'content-type': contentType }), ...headers }
  return { kind: 'bomb', method, url: `/fhir${url}`, headers: all, ...(payload !== undefined && { payload }) }
}

function injected({ method, url, headers, payload }: HostileRequest) {
  return { method: method as 'GET', url, headers, ...(payload !== undefined && { payload }) }
}

const get = (url: string) => sent('GET', url)
const create = (payload: string | Buffer, contentType = json, headers = {}) =>
  sent('POST', '/Patient', payload, contentType, headers)
const search = (type: string, criteria: string) =>
  sent('POST', `/${type}/_search`, criteria, 'application/x-www-form-urlencoded')
const filter = (text: string) => search('Patient', `_filter=${encodeURIComponent(text)}`)
const graph = (text: string) => sent('POST', '/Patient/p0/$graphql', text, 'application/graphql')
const patch = (operations: readonly object[]) => sent('PATCH', '/Patient/p0', JSON.stringify(operations), jsonPatch)
const list = (count: number, item: (i: number) => string, between: string) =>
  Array.from({ length: count }, (_, i) => item(i)).join(between)

function pathPatch(path: string): HostileRequest {
  const part = [
    { name: 'type', valueCode: 'delete' },
    { name: 'path', valueString: path },
  ]
  const parameters = { resourceType: 'Parameters', parameter: [{ name: 'operation', part }] }
  return sent('PATCH', '/Patient/p0', JSON.stringify(parameters))
}

const where = (condition: string) => pathPatch(`Patient.where(${condition}).photo`)

function bundleOf(type: string, count: number): HostileRequest {
  const entry = Array.from({ length: count }, () => ({ request: { method: 'GET', url: 'Patient/p0' } }))
  return sent('POST', '', JSON.stringify({ resourceType: 'Bundle', type, entry }))
}

const zeros = Buffer.alloc(100 * megabyte)
const doubling = [
  { op: 'add', path: '/extension', value: [{ url: 'urn:a', valueString: 'x' }] },
  ...Array.from({ length: 60 }, () => ({ op: 'copy', from: '/extension', path: '/extension/-' })),
]

type Bomb = readonly [name: string, request: HostileRequest, status: number]

const bodies: readonly Bomb[] = [
  ['100 MB in gzip', create(gzipSync(zeros), json, { 'content-encoding': 'gzip' }), 413],
  ['100 MB in brotli', create(brotliCompressSync(zeros), json, { 'content-encoding': 'br' }), 413],
  ['gzip in gzip', create(gzipSync(gzipSync(zeros)), json, { 'content-encoding': 'gzip, gzip' }), 415],
  ['40 MB of brackets', create('['.repeat(40 * megabyte)), 400],
  ['a million unknown elements', create(`{"resourceType":"Patient",${list(megabyte, (i) => `"a${i}":1`, ',')}}`), 422],
  [
    'a million attributes',
    create(`<Patient xmlns="http://hl7.org/fhir" ${list(megabyte, (i) => `a${i}="1"`, ' ')}/>`, xml),
    400,
  ],
  [
    'a comment without an end',
    create(`<Patient xmlns="http://hl7.org/fhir"><!--${'-'.repeat(20 * megabyte)}`, xml),
    400,
  ],
  [
    'a million entries',
    sent('POST', '', `{"resourceType":"Bundle","type":"batch","entry":[${list(megabyte, () => '{}', ',')}]}`),
    400,
  ],
  ['a batch of 5,001 entries', bundleOf('batch', 5001), 200],
  ['a transaction of 5,001 entries', bundleOf('transaction', 5001), 200],
]

const patches: readonly Bomb[] = [
  ['an expression nested deep', pathPatch(`${'('.repeat(2000)}Patient.name${')'.repeat(2000)}`), 400],
  ['an expression of 30,000 steps', pathPatch(`Patient${'.name'.repeat(30_000)}`), 400],
  [
    'an expression that multiplies',
    where(`(1|2|3|4|5|6|7|8|9)${'.select($this|$this+10|$this+100)'.repeat(20)}.count() > 1`),
    422,
  ],
  ['an expression without an end', where('(1).repeat($this + 1).count() > 1'), 422],
  [
    'an expression of nested loops',
    where(`${'descendants().select(%resource.'.repeat(8)}id${')'.repeat(8)}.count() > 0`),
    422,
  ],
  ['a text that grows tenfold', where(`('aaaaaaaaaa'${".replace('a', 'aaaaaaaaaa')".repeat(12)}).length() > 1`), 422],
  ['a pattern with nested repetition', where("name.family.matches('^(x+)+$').not()"), 200],
  ['a pattern with alternatives', where(`'${'a'.repeat(3000)}'.matches('^(a|a)*b$')`), 200],
  ['a pattern of many optional parts', where(`'${'a'.repeat(3000)}'.matches('${'(a?){50}'.repeat(10)}b')`), 422],
  ['a JSON Patch that doubles', patch(doubling), 422],
  ['a JSON Patch of 200,000 operations', patch(Array(200_000).fill({ op: 'test', path: '/id', value: 'p0' })), 400],
  ['a JSON Pointer of 20 MB', patch([{ op: 'remove', path: '/a'.repeat(10 * megabyte) }]), 400],
]

const searches: readonly Bomb[] = [
  ['10,000 values', search('Patient', `name=${list(10_000, (i) => `v${i}`, ',')}`), 422],
  ['10,000 quantities', search('Observation', `value-quantity=${list(10_000, String, ',')}`), 422],
  ['10,000 identifiers', search('Patient', `identifier=${list(10_000, (i) => `v${i}`, ',')}`), 200],
  ['a million identifiers', search('Patient', `identifier=${list(megabyte, (i) => `v${i}`, ',')}`), 422],
  [
    '10,000 parameters',
    search(
      'Patient',
      list(10_000, (i) => `name=v${i}`, '&'),
    ),
    422,
  ],
  ['10,000 sort keys', search('Patient', `_sort=${list(10_000, () => 'name', ',')}`), 422],
  ['10,000 types', sent('GET', `?_type=${list(10_000, () => 'Patient', ',')}&name=y`), 200],
  ['a name of 10 MB', search('Patient', `${'n'.repeat(10 * megabyte)}=a`), 400],
  ['a chain of 200 steps', get(`/Patient?${'link.'.repeat(200)}name=x`), 400],
  ['a chain of a million dots', search('Patient', `link${'.'.repeat(megabyte)}=a`), 400],
  ['_has nested 200 times', get(`/Patient?${'_has:Patient:link:'.repeat(200)}name=x`), 400],
  ['_filter with 10,000 parentheses', filter(`${'('.repeat(10_000)}name eq x${')'.repeat(10_000)}`), 400],
  ['_filter with 3,000 conditions', filter(list(3000, () => 'name eq a', ' and ')), 422],
  ['_filter of 5,000 steps', filter(`${list(5000, () => 'link', '.')} eq a`), 400],
  ['_filter with a text of 20 MB', filter(`name eq "${'\\n'.repeat(10 * megabyte)}"`), 422],
  ['includes that go round in circles', get('/Patient?_id=p0&_include:iterate=Patient:link'), 200],
  ['all includes of all', get('/Patient?_include:iterate=*&_revinclude:iterate=*&_count=1000'), 200],
  [
    '10,000 media types',
    sent('GET', '/Patient', undefined, json, { accept: list(10_000, () => 'a/b;q=0.1', ',') }),
    406,
  ],
]

const graphs: readonly Bomb[] = [
  ['2,000 aliases', graph(`{${list(2000, (i) => `a${i}: name { given }`, ' ')}}`), 422],
  ['fields nested deep', graph(`{${'link{other{resource{...on Patient{'.repeat(2000)}`), 422],
  [
    'fragments that double',
    graph(
      `{...f0} ${list(60, (i) => `fragment f${i} on Patient {...f${i + 1} ...f${i + 1}}`, ' ')} fragment f60 on Patient {id}`,
    ),
    422,
  ],
  ['a fragment in itself', graph('{...f} fragment f on Patient {...f}'), 400],
  ['5 MB of braces', graph('{'.repeat(5 * megabyte)), 422],
]

/** Seconds of CPU in this process; wall time depends on what else the machine does. */
const allowed = 5

test.each([...bodies, ...patches, ...searches, ...graphs])(
  '%s',
  async (_name, request, status) => {
    const start = process.cpuUsage()
    const reply = await server.inject(injected(request))
    const { user, system } = process.cpuUsage(start)
    expect([reply.status, complaints(request, reply, server.context)]).toEqual([status, []])
    expect((user + system) / 1_000_000).toBeLessThan(allowed)
    expect(reply.bytes.length).toBeLessThan(10 * megabyte)
  },
  120_000,
)

test.each([
  ['a URL of 1 MB', `GET /fhir/Patient?name=${'a'.repeat(megabyte)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ['a header of 1 MB', `GET /fhir/Patient HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(megabyte)}\r\n\r\n`],
  ['a million headers', `GET /fhir/Patient HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(megabyte)}\r\n`],
])('%s is refused before it is read', async (_name, text) => {
  const { address, port } = server.app.server.listening ? (server.app.server.address() as AddressInfo) : await listen()
  const answer = await new Promise<string>((done) => {
    let received = ''
    const socket = connect(port, address, () => socket.write(text))
    socket.on('data', (chunk) => {
      received += chunk
    })
    // A server that refuses what is still being sent may reset the connection after its answer.
    socket.on('error', () => done(received))
    socket.on('close', () => done(received))
  })
  expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  expect(answer).toContain('"code":"headers-too-large"')
})

async function listen(): Promise<AddressInfo> {
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  return server.app.server.address() as AddressInfo
}
