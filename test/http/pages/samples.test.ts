import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { curl, type Sample, samples } from '../../../server/http/pages/samples.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('the requests of the documentation are answered as it says, twice over', async () => {
  const all = Object.entries<Sample>(samples)
  for (const [name, { method, path, headers, body, form, status }] of [...all, ...all]) {
    const sent = form ?? (body && JSON.stringify(body))
    const type = { ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) }
    const reply = await server.fhir(method, path, sent, { ...type, ...lowerCase(headers) })
    expect(status, `${name}: ${reply.text}`).toContain(reply.status)
  }
})

test('they are command lines that a shell reads as they were meant', () => {
  const script = 'for argument; do printf "%s\\0" "$argument"; done'
  for (const sample of Object.values<Sample>(samples)) {
    const line = curl(sample, { base: 'http://localhost:8080/fhir', config: { auth: 'smart' } })
    const shell = execFileSync('sh', ['-c', `TOKEN=the-token\nset -- ${line.replace(/^curl /, '')}\n${script}`], {
      encoding: 'utf8',
    })
    const words = shell.split('\0')
    expect(words).toContain('Authorization: Bearer the-token')
    expect(words).toContain(`http://localhost:8080/fhir${sample.path === '' ? '' : `/${sample.path}`}`)
    if (sample.body) expect(JSON.parse(words[words.lastIndexOf('-d') + 1]!)).toEqual(sample.body)
    if (sample.form !== undefined) expect(words).toContain(sample.form)
  }
})

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
