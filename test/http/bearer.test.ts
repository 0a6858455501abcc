import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SmartServer, smartServer } from '../support/smart-server.ts'

let server: SmartServer
let port: number

beforeAll(async () => {
  server = await smartServer()
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  port = (server.app.server.address() as { port: number }).port
})
afterAll(() => server?.close())

/** What comes back before the body is sent. */
function firstLine(head: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write([...head, '', ''].join('\r\n')))
    socket.on('data', (bytes) => {
      resolve(bytes.toString().split('\r\n')[0]!)
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

test.each(['POST /fhir/Patient', 'PUT /fhir/Patient/p1', 'POST /fhir', 'PATCH /fhir/Patient/p1'])(
  'without a token the body of %s is not waited for',
  async (line) => {
    const head = [
      `${line} HTTP/1.1`,
      'host: localhost',
      'content-type: application/fhir+json',
      'content-length: 40000000',
    ]
    expect(await firstLine(head)).toBe('HTTP/1.1 401 Unauthorized')
    expect(await firstLine([...head, `authorization: Bearer ${'x'.repeat(43)}`])).toBe('HTTP/1.1 401 Unauthorized')
  },
)

test.each([
  ['a token that is missing', {}, 'Bearer realm="fhir"'],
  [
    'a token that is unknown',
    { authorization: `Bearer ${'x'.repeat(43)}` },
    'Bearer realm="fhir", error="invalid_token", error_description="The access token is unknown, expired or revoked"',
  ],
])('%s is told in the header and as an outcome', async (_name, headers, challenge) => {
  const { status, json, headers: sent } = await server.fhir('GET', 'Patient/p1', undefined, headers)
  expect(status).toBe(401)
  expect(sent['www-authenticate']).toBe(challenge)
  expect(json).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] })
})

test('a scope that is missing is told in the header, too', async () => {
  const { json } = await server.post('/auth/token', {
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await server.assertion(),
  })
  const { status, headers } = await server.fhir('GET', 'Observation', undefined, {
    authorization: `bearer ${json['access_token']}`,
  })
  expect({ status, challenge: headers['www-authenticate'] }).toEqual({
    status: 403,
    challenge: 'Bearer realm="fhir", error="insufficient_scope", scope="system/Observation.s"',
  })
})
