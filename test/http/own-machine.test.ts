import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../support/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer({ config: { publicUrl: 'https://fhir.practice.example' } })
})
afterAll(() => server.close())

const ask = (headers: Record<string, string>, method: 'GET' | 'POST' | 'OPTIONS' = 'GET') =>
  server.inject({ method, url: '/fhir/Patient', headers })

describe('while nobody has to sign in', () => {
  test.each([['localhost:8080'], ['127.0.0.1:8080'], ['[::1]:8080'], ['candela.localhost'], ['fhir.practice.example']])(
    'the host %s is answered',
    async (host) => {
      expect((await ask({ host })).status).toBe(200)
    },
  )

  test.each([
    ['attacker.example'],
    ['localhost.attacker.example'],
    ['127.0.0.1.nip.io'],
    ['fhir.practice.example.org'],
    ['@'],
  ])('the host %s is not', async (host) => {
    const { status, json, headers } = await ask({ host })
    expect([status, headers['access-control-allow-origin']]).toEqual([421, undefined])
    expect(JSON.stringify(json)).toContain('foreign-host')
  })

  test.each([['http://localhost:5173'], ['https://fhir.practice.example'], ['http://[::1]:3000']])(
    'pages of %s may ask',
    async (origin) => {
      const { status, headers } = await ask({ origin })
      expect([status, headers['access-control-allow-origin']]).toEqual([200, '*'])
    },
  )

  test.each([['https://attacker.example'], ['null'], ['https://localhost.attacker.example']])(
    'pages of %s may neither ask nor write nor prepare to',
    async (origin) => {
      for (const method of ['GET', 'POST', 'OPTIONS'] as const) {
        const { status, headers, json } = await ask({ origin, 'content-type': 'text/plain' }, method)
        expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined])
        expect(JSON.stringify(json)).toContain('foreign-origin')
      }
    },
  )
})
