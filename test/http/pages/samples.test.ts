import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findInteraction } from '../../../server/dispatch.ts'
import { curl, type Sample, samples } from '../../../server/http/pages/samples.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('the requests of the documentation are answered as it says, twice over', async () => {
  const offered = Object.entries<Sample>(samples).filter(([, sample]) => isOffered(sample))
  expect(offered.length).toBeGreaterThan(4)
  for (const [name, { method, path, headers, body, form, status }] of [...offered, ...offered]) {
    const sent = form ?? (body && JSON.stringify(body))
    const type = { ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) }
    const reply = await server.fhir(method, path, sent, { ...type, ...lowerCase(headers) })
    expect(status, `${name}: ${reply.text}`).toContain(reply.status)
  }
})

test('they are command lines that a shell reads as they were meant', () => {
  const script = 'for argument; do printf "%s\\0" "$argument"; done'
  for (const sample of Object.values<Sample>(samples)) {
    const line = curl(sample, 'http://localhost:8080/fhir')
    const shell = execFileSync('sh', ['-c', `set -- ${line.replace(/^curl /, '')}\n${script}`], { encoding: 'utf8' })
    const words = shell.split('\0')
    expect(words).toContain(`http://localhost:8080/fhir${sample.path === '' ? '' : `/${sample.path}`}`)
    if (sample.body) expect(JSON.parse(words[words.lastIndexOf('-d') + 1]!)).toEqual(sample.body)
    if (sample.form !== undefined) expect(words).toContain(sample.form)
  }
})

/** Interactions come one by one; what is not there yet cannot be tried. */
function isOffered({ method, path }: Sample): boolean {
  const segments = path
    .split('?')[0]!
    .split('/')
    .filter((segment) => segment !== '')
  try {
    findInteraction({ method, path: segments, query: '', headers: {} }, server.context.definitions)
    return true
  } catch {
    return false
  }
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
