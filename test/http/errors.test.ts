import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyLimit } from '../../server/app.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer
let port: number

beforeAll(async () => {
  server = await testServer()
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  port = (server.app.server.address() as AddressInfo).port
})
afterAll(() => server.close())

/** Writes to the socket as it is, and returns all that comes back until the server closes. */
function talk(...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((done, failed) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part)
    })
    socket.setTimeout(10_000, () => failed(new Error(`no end: ${answer.slice(0, 500)}`)))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    // A server that refuses what is still being sent may reset the connection after its answer.
    socket.on('error', () => done(answer))
    socket.on('close', () => done(answer))
  })
}

function request(line: string, ...headers: readonly string[]): string {
  return [line, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n')
}

test.each([
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['a method that nobody knows', request('FOO /fhir/Patient HTTP/1.1'), 400],
  ['a broken header', request('GET /fhir/Patient HTTP/1.1', 'broken header'), 400],
  ['two lengths', request('POST /fhir/Patient HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2'), 400],
  ['huge headers', request('GET /fhir/Patient HTTP/1.1', `X-Long: ${'a'.repeat(200_000)}`), 431],
  ['a huge URL', request(`GET /fhir/Patient?name=${'a'.repeat(200_000)} HTTP/1.1`), 431],
  ['a long path', request(`GET /fhir/Patient/${'a'.repeat(5000)} HTTP/1.1`), 400],
  ['broken percent-encoding', request('GET /fhir/%zz HTTP/1.1'), 400],
  ['a method of other protocols', request('PROPFIND /fhir/Patient/a HTTP/1.1'), 405],
  ['TRACE', request('TRACE /fhir/Patient/a HTTP/1.1'), 405],
  ['a method that the place does not have', request('POST /fhir/Patient/a HTTP/1.1', 'Content-Length: 0'), 405],
  ['a method that a page does not have', request('POST /docs HTTP/1.1', 'Content-Length: 0'), 405],
  ['a place outside', request('GET /fhirr HTTP/1.1'), 404],
])('%s is answered with an outcome', async (_case, text, status) => {
  const answer = await talk(text)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer.toLowerCase()).toContain('content-type: application/fhir+json')
  expect(answer).toContain('"resourceType":"OperationOutcome"')
  expect(answer).not.toMatch(/\bat .*\.(ts|js):\d+/)
})

test('a refused method is told which ones there are', async () => {
  const { headers } = await server.fhir('POST', 'Patient/a', {})
  const allowed = headers['allow']!.split(', ')
  expect(allowed).toEqual(expect.arrayContaining(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']))
})

test('a body larger than the limit is refused, however it is sent', async () => {
  const declared = request(
    'POST /fhir/Patient HTTP/1.1',
    'Content-Type: application/json',
    `Content-Length: ${bodyLimit + 1}`,
  )
  expect(await talk(declared)).toMatch(/^HTTP\/1.1 413 /)

  const chunk = Buffer.alloc(1024 * 1024, 32)
  const chunks = Array.from({ length: bodyLimit / chunk.length + 1 }, () => [
    `${chunk.length.toString(16)}\r\n`,
    chunk,
    '\r\n',
  ])
  const chunked = request('POST /fhir/Patient HTTP/1.1', 'Content-Type: application/json', 'Transfer-Encoding: chunked')
  expect(await talk(chunked, ...chunks.flat())).toMatch(/^HTTP\/1.1 413 /)
})

test('what is a bug of ours is told by its number and not by its words', async () => {
  const newKey = () => {
    throw new Error('no row for Jane Doe')
  }
  const broken = await testServer({ databaseUrl: server.databaseUrl, context: { newKey } })
  const reply = await broken.fhir('POST', 'Patient', { resourceType: 'Patient' }, { 'x-request-id': 'req-7' })
  await broken.close()
  expect(reply.status).toBe(500)
  expect(reply.text).toContain('it is logged as req-7')
  expect(reply.text).not.toContain('Jane Doe')
})

test('people get a page for what is not there', async () => {
  const reply = await server.inject({ url: '/nowhere?x=1', headers: { accept: 'text/html,*/*;q=0.8' } })
  expect(reply.status).toBe(404)
  expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(reply.text).toContain('<h1>There is no such page</h1>')
  const fhir = await server.inject({ url: '/fhir/Patient/none', headers: { accept: 'text/html' } })
  expect(fhir.json['resourceType']).toBe('OperationOutcome')
})

test('programs are told the place that was probably meant', async () => {
  expect((await server.inject({ url: '/fihr' })).text).toContain("Did you mean '/fhir'?")
})
