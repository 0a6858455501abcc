import { afterAll, beforeAll, expect, test } from 'vitest'
import { durationInWords } from '../../../server/http/pages/home-page.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const page = async () => (await server.inject({ url: '/' })).text

test('it says what runs and where to go', async () => {
  const text = await page()
  expect(text).toContain('<h1>Candela is running</h1>')
  expect(text).toContain('R4 (4.0.1)')
  expect(text).toContain(server.context.base)
  expect(text).toContain('href="/fhir/metadata"')
  expect(text).toContain('href="/docs"')
})

test('it says that nothing is stored, then what is', async () => {
  expect(await page()).toContain('Nothing yet.')
  await server.fhir('PUT', 'Patient/a', { resourceType: 'Patient', id: 'a' })
  await expect.poll(page).toMatch(/<span>Patient<\/span> <span class="number">1<\/span>/)
})

test.each([
  [12, 'less than a minute'],
  [61, '1 minute'],
  [7500, '2 hours 5 minutes'],
  [90_061, '1 day 1 hour'],
  [864_000, '10 days'],
])('%i seconds are %s', (seconds, words) => {
  expect(durationInWords(seconds)).toBe(words)
})
