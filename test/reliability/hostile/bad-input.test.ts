/** Each kind of bad input by name: the status, the code of its outcome, and no row more or less in any table. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyLimit } from '../../../server/app.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'
import { rowCounts } from './accounts.ts'
import { complaints } from './judge.ts'
import { type HostileRequest, json, jsonPatch, xml } from './request.ts'

let server: TestServer
let before: Awaited<ReturnType<typeof rowCounts>>

beforeAll(async () => {
  server = await testServer()
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a', name: [{ family: "O'Neill" }] })
  before = await rowCounts(server.context)
})
afterAll(() => server.close())

const form = 'application/x-www-form-urlencoded'
const deep = 100_000

function sent(
  method: string,
  url: string,
  payload?: string | Buffer,
  contentType = json,
  headers = {},
): HostileRequest {
  const all = { ...(payload !== undefined && { 'content-type': contentType }), ...headers }
  return { kind: 'bad input', method, url: `/fhir${url}`, headers: all, ...(payload !== undefined && { payload }) }
}

const create = (payload: string | Buffer, contentType?: string) => sent('POST', '/Patient', payload, contentType)
const patient = (members: string) => create(`{"resourceType":"Patient",${members}}`)
const inXml = (inside: string, before = '') =>
  create(`${before}<Patient xmlns="http://hl7.org/fhir">${inside}</Patient>`, xml)
const bundle = (type: string, ...entry: readonly object[]) =>
  sent('POST', '', JSON.stringify({ resourceType: 'Bundle', type, entry }))
const post = (resource: object) => ({ resource, request: { method: 'POST', url: 'Patient' } })
const patch = (...operations: readonly object[]) => sent('PATCH', '/Patient/a', JSON.stringify(operations), jsonPatch)

type Case = readonly [name: string, request: HostileRequest, status: number, code: string]

const bodies: readonly Case[] = [
  ['JSON that ends too early', create('{"resourceType":"Patient","name":['), 400, 'invalid-json'],
  ['JSON with a comma too many', patient('"active":true,'), 400, 'invalid-json'],
  ['two JSON texts', create('{"resourceType":"Patient"}{"resourceType":"Patient"}'), 400, 'invalid-json'],
  ['a list', create('[]'), 400, 'invalid-json'],
  ['null', create('null'), 400, 'invalid-json'],
  ['nothing', create(''), 400, 'missing-body'],
  ['XML that ends too early', create('<Patient xmlns="http://hl7.org/fhir">', xml), 400, 'invalid-xml'],
  ['XML of another namespace', create('<Patient xmlns="urn:other"/>', xml), 400, 'invalid-xml'],
  ['XML with an attribute twice', inXml('<active value="true" value="false"/>'), 400, 'invalid-xml'],
  ['JSON that says it is XML', create('{"resourceType":"Patient"}', xml), 400, 'invalid-xml'],
  ['a key twice', patient('"active":true,"active":false'), 400, 'duplicate-key'],
  ['a key twice, once escaped', patient('"active":true,"\\u0061ctive":false'), 400, 'duplicate-key'],
  ['another type', create('{"resourceType":"Observation"}'), 400, 'wrong-resource-type'],
  ['no type', create('{}'), 400, 'wrong-resource-type'],
  ['a type that is a list', create('{"resourceType":["Patient"]}'), 400, 'wrong-resource-type'],
  ['a type that does not exist', sent('POST', '/Patiant', '{"resourceType":"Patiant"}'), 404, 'unknown-type'],
  ['an unknown element', patient('"fullName":"x"'), 422, 'unknown-element'],
  ['an unknown element inside', patient('"name":[{"familie":"x"}]'), 422, 'unknown-element'],
  ['an unknown element in XML', inXml('<fullName value="x"/>'), 422, 'unknown-element'],
  ['__proto__ as a key', patient('"__proto__":{"active":true}'), 422, 'unknown-element'],
  ['__proto__ inside', patient('"name":[{"__proto__":{"family":"x"}}]'), 422, 'unknown-element'],
  ['__proto__ in XML', inXml('<__proto__ value="x"/>'), 422, 'unknown-element'],
  ['constructor as a key', patient('"constructor":{"prototype":{}}'), 422, 'unknown-element'],
  ['bytes that are not UTF-8', create(Buffer.from([0x7b, 0xff, 0x7d])), 400, 'invalid-utf8'],
  ['XML that is not UTF-8', create(Buffer.from('<Patient>\xff', 'latin1'), xml), 400, 'invalid-utf8'],
  ['a NUL character', create('{"resourceType":"Patient","language":"\u0000"}'), 400, 'invalid-json'],
  ['an escaped NUL character', patient('"language":"a\\u0000"'), 400, 'nul-character'],
  ['a NUL character in a key', patient('"a\\u0000":1'), 400, 'nul-character'],
  ['a NUL character in XML', inXml('<language value="&#0;"/>'), 400, 'invalid-xml'],
  ['lists nested deep', create('['.repeat(deep)), 400, 'too-deep'],
  ['objects nested deep', create('{"a":'.repeat(deep)), 400, 'too-deep'],
  ['XML nested deep', inXml('<extension>'.repeat(deep) + '</extension>'.repeat(deep)), 400, 'too-deep'],
  ['a body of 50 MB', create(Buffer.alloc(50_000_000, ' ')), 413, 'body-too-large'],
  ['a body above the limit', create(Buffer.alloc(bodyLimit + 1, ' ')), 413, 'body-too-large'],
  ['a DTD', inXml('', '<!DOCTYPE Patient>'), 400, 'invalid-xml'],
  ['an entity', inXml('<language value="&a;"/>', '<!DOCTYPE a [<!ENTITY a "de">]>'), 400, 'invalid-xml'],
  ['entities of entities', inXml('<language value="&z;"/>', laughs()), 400, 'invalid-xml'],
  ['a file', inXml('&a;', '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), 400, 'invalid-xml'],
  ['a DTD elsewhere', inXml('', '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">'), 400, 'invalid-xml'],
  ['an entity that nobody declares', inXml('<language value="&nbsp;"/>'), 400, 'invalid-xml'],
  ['numbers by the million', create(`[${'1.0,'.repeat(1_000_001)}1]`), 422, 'query-too-costly'],
  ['a string of escapes without an end', create(`["${'\\n'.repeat(5_000_000)}`), 400, 'invalid-json'],
]

const ids: readonly Case[] = [
  ...['a_b', '%20', 'a%00', 'x'.repeat(65), '%C3%A4', "'", '$x'].map(
    (id): Case => [
      `the id ${id} in a path`,
      sent('GET', `/Patient/${id}`),
      id === '$x' ? 404 : 400,
      id === '$x' ? 'unknown-operation' : 'invalid-id',
    ],
  ),
  ['an id of a resource', sent('PUT', '/Patient/a_b', '{"resourceType":"Patient","id":"a_b"}'), 400, 'invalid-id'],
  ['no id', sent('PUT', '/Patient/a', '{"resourceType":"Patient"}'), 400, 'missing-id'],
  ['an id that differs', sent('PUT', '/Patient/a', '{"resourceType":"Patient","id":"b"}'), 400, 'wrong-id'],
  ['an id that is a decimal', sent('PUT', '/Patient/a', '{"resourceType":"Patient","id":1.00}'), 400, 'wrong-id'],
  ['an id with toString', sent('PUT', '/Patient/a', '{"resourceType":"Patient","id":{"toString":1}}'), 400, 'wrong-id'],
  ['a version that is none', sent('GET', '/Patient/a/_history/x'), 404, 'version-not-found'],
]

const searches: readonly Case[] = [
  ['_count=-1', sent('GET', '/Patient?_count=-1'), 400, 'invalid-search-value'],
  ['_count=many', sent('GET', '/Patient?_count=many'), 400, 'invalid-search-value'],
  ['an unclosed _has', sent('GET', '/Patient?_has:Observation=x'), 400, 'invalid-chain'],
  ['an unclosed _has with a reference', sent('GET', '/Patient?_has:Observation:patient:=x'), 400, 'invalid-chain'],
  ['_has of an unknown type', sent('GET', '/Patient?_has:Nope:patient:code=x'), 400, 'invalid-chain'],
  ['a chain through an unknown type', sent('GET', '/Observation?subject:Nope.name=x'), 400, 'invalid-chain'],
  ['a chain through no reference', sent('GET', '/Patient?name.family=x'), 400, 'invalid-chain'],
  ['a date that does not exist', sent('GET', '/Observation?date=2020-13-45'), 400, 'invalid-search-value'],
  ['a NUL character in a string', sent('GET', '/Patient?address-state=a%00b'), 400, 'invalid-search'],
  ['a NUL character in a form', sent('POST', '/Patient/_search', 'name=\u0000', form), 400, 'invalid-search'],
  ['a NUL character in _filter', sent('GET', '/Patient?_filter=name%20co%20%22%5Cu0000%22'), 400, 'invalid-search'],
  ['broken percent-encoding', sent('GET', '/Patient?name=%zz'), 400, 'invalid-search'],
  ['an unknown parameter', sent('GET', '/Patient?nmae=x'), 400, 'unknown-parameter'],
  ['__proto__ as a parameter', sent('GET', '/Patient?__proto__=x'), 400, 'unknown-parameter'],
  ['constructor as a format', sent('GET', '/Patient?_format=constructor'), 406, 'not-acceptable'],
]

const bundles: readonly Case[] = [
  [
    'a transaction whose last entry fails',
    bundle('transaction', post({ resourceType: 'Patient' }), post({ resourceType: 'Patient', gender: 'x' })),
    422,
    'unknown-code',
  ],
  [
    'a transaction whose last entry finds nothing',
    bundle('transaction', post({ resourceType: 'Patient' }), { request: { method: 'GET', url: 'Patient/nobody' } }),
    404,
    'resource-not-found',
  ],
  ['a Bundle of another type', bundle('searchset'), 400, 'invalid-bundle'],
  [
    'a Bundle whose type is a decimal',
    sent('POST', '', '{"resourceType":"Bundle","type":1.00}'),
    400,
    'invalid-bundle',
  ],
  [
    'an entry that is null',
    sent('POST', '', '{"resourceType":"Bundle","type":"transaction","entry":[null]}'),
    400,
    'invalid-bundle',
  ],
  ['a patch of __proto__', patch({ op: 'add', path: '/__proto__/active', value: true }), 422, 'patch-failed'],
  ['a patch with an unknown op', patch({ op: 'constructor', path: '/active' }), 400, 'invalid-patch'],
]

test.each([...bodies, ...ids, ...searches, ...bundles])('%s', async (_name, request, status, code) => {
  const reply = await server.inject({ ...request, method: request.method as 'GET' })
  expect([reply.status, codeOf(reply.json)]).toEqual([status, code])
  expect(complaints(request, reply, server.context)).toEqual([])
  expect(await rowCounts(server.context)).toEqual(before)
})

test('no object has got a property from a body', () => {
  expect(Object.keys(Object.prototype)).toEqual([])
  expect('active' in {}).toBe(false)
})

test('a page has at most 1,000 entries, whatever is asked', async () => {
  const { status, json: page } = await server.fhir('GET', 'Patient?_count=1000000000')
  expect([status, page['entry']]).toMatchObject([200, [{ resource: { id: 'a' } }]])
})

const metacharacters = [
  ...["'", "';select 1;--", '"', '\\', '%', '_', '$1', '$$', '/*', '--', '(', ')', '[', '{', '*', '+', '?', '^', '|'],
  ...['.*', '(a+)+$', '(?=', '\\d{99999}', '\\', '&', '!', ':*', '<->', "O'Neill"],
]

test('characters of SQL and of regular expressions are characters in every string search', async () => {
  const { definitions } = server.context
  const types = ['Patient', 'Location', 'Questionnaire', 'Organization']
  const faults: string[] = []
  for (const type of types) {
    const codes = [...definitions.searchParameters(type)].filter(([, { type: kind }]) => /string|uri/.test(kind))
    for (const [code] of codes) {
      for (const text of metacharacters) {
        for (const modifier of ['', ':exact', ':contains', ':below', ':above']) {
          const url = `/${type}?${code}${modifier}=${encodeURIComponent(text)}`
          const reply = await server.fhir('GET', url)
          const found = reply.status === 200 ? ((reply.json['entry'] ?? []) as unknown[]).length : 0
          const isKnown = type === 'Patient' && /^(family|name)$/.test(code)
          const wrong = isKnown && found !== (matches(text, modifier) ? 1 : 0)
          const sound = complaints(sent('GET', url), reply, server.context)
          if (sound.length > 0 || wrong) faults.push(`${url}: ${reply.status}, ${found} found; ${sound}`)
        }
      }
    }
  }
  expect(faults).toEqual([])
  expect(await rowCounts(server.context)).toEqual(before)
}, 60_000)

test.each(['if-match', 'if-none-match', 'if-modified-since', 'if-none-exist', 'prefer', 'accept', 'x-request-id'])(
  'characters of SQL and of regular expressions are characters in the header %s',
  async (name) => {
    for (const text of metacharacters) {
      const headers = { [name]: text }
      const requests = [
        sent('GET', '/Patient/a', undefined, json, headers),
        sent('PUT', '/Patient/a', '{"resourceType":"Patient","id":"a","gender":"x"}', json, headers),
        sent('POST', '/Patient', '{"resourceType":"Patient","gender":"x"}', json, headers),
      ]
      for (const request of requests) {
        const reply = await server.inject({ ...request, method: request.method as 'GET' })
        expect(complaints(request, reply, server.context)).toEqual([])
      }
    }
    expect(await rowCounts(server.context)).toEqual(before)
  },
)

test('characters of SQL and of regular expressions are characters in every part of a path', async () => {
  // A path that ends in an asterisk is a search in a compartment.
  for (const text of metacharacters.filter((text) => text !== '*')) {
    const part = encodeURIComponent(text)
    for (const url of [
      `/${part}`,
      `/Patient/${part}`,
      `/Patient/a/${part}`,
      `/Patient/a/_history/${part}`,
      `/$${part}`,
    ]) {
      const request = sent('GET', url)
      const reply = await server.inject({ ...request, method: 'GET' })
      expect(reply.status).toBeGreaterThanOrEqual(400)
      expect(complaints(request, reply, server.context)).toEqual([])
    }
  }
})

function codeOf(outcome: { issue?: unknown }): string | undefined {
  const [issue] = (outcome.issue ?? []) as readonly { details: { coding: readonly { code: string }[] } }[]
  return issue?.details.coding[0]?.code
}

/** Whether the one family name that is stored has the text: at its start, as a whole, or anywhere. */
function matches(text: string, modifier: string): boolean {
  if (modifier === ':exact') return text === "O'Neill"
  return modifier === '' ? text === "O'Neill" : modifier === ':contains' && "O'Neill".includes(text)
}

function laughs(): string {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const entities = letters.map((name, i) => {
    const last = letters[i - 1]
    return `<!ENTITY ${name} "${last === undefined ? 'ha' : `&${last};`.repeat(10)}">`
  })
  return `<!DOCTYPE a [${entities.join('')}]>`
}
