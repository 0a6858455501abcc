import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type SecureVersion } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { ConfigError, readConfig } from '../../server/config.ts'
import { tlsOptions } from '../../server/http/tls.ts'
import { testCertificate, testCertificateKey } from '../support/test-certificate.ts'
import { type TestServer, testServer } from '../support/test-server.ts'

let folder: string
let server: TestServer
let port: number
let app: Awaited<ReturnType<typeof createApp>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'candela-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  writeFileSync(key, testCertificateKey)
  writeFileSync(cert, testCertificate)
  server = await testServer()
  const config = { ...server.context.config, tlsCert: cert, tlsKey: key, publicUrl: 'https://localhost:8443' }
  app = await createApp({ ...server.context, config })
  await app.listen({ port: 0, host: '127.0.0.1' })
  port = (app.server.address() as { port: number }).port
})
afterAll(async () => {
  await app?.close()
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

function spoken(version: SecureVersion): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const limits = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...limits }, () => {
      resolve(socket.getProtocol())
      socket.destroy()
    }).on('error', reject)
  })
}

test.each<SecureVersion>(['TLSv1.2', 'TLSv1.3'])('%s is spoken', async (version) => {
  expect(await spoken(version)).toBe(version)
})

test.each<SecureVersion>(['TLSv1', 'TLSv1.1'])('%s is not', async (version) => {
  await expect(spoken(version)).rejects.toThrow()
})

test('replies tell browsers to stay with TLS', async () => {
  const { headers } = await app.inject({ url: '/healthz' })
  expect(headers['strict-transport-security']).toContain('max-age')
})

test('files that are of no use stop the start', () => {
  const [cert, wrong] = [join(folder, 'cert.pem'), join(folder, 'wrong.pem')]
  writeFileSync(wrong, 'no key')
  expect(() => tlsOptions({ tlsCert: cert, tlsKey: wrong })).toThrow(ConfigError)
  expect(() => tlsOptions({ tlsCert: cert, tlsKey: join(folder, 'none.pem') })).toThrow('TLS_KEY cannot be read')
  expect(() => readConfig({ TLS_CERT: cert })).toThrow('belong together')
  expect(readConfig({ TLS_CERT: cert, TLS_KEY: wrong }).publicUrl).toBe('https://localhost:8080')
})
