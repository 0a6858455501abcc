import { afterAll, beforeAll, expect, test } from 'vitest'
import { documents } from '../../../server/http/pages/docs/documents.ts'
import { type TestServer, testServer } from '../../support/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const pages = ['/', ...documents.map(({ path }) => path)]

test.each(pages)('the page %s is whole and loads nothing from elsewhere', async (url) => {
  const { status, headers, text } = await server.inject({ url })
  expect(status).toBe(200)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['content-security-policy']).toContain("default-src 'none'; style-src 'self'; script-src 'self'")
  expect(text.match(/<h1>/g)).toHaveLength(1)
  expect(text).toContain('<html lang="en">')
  expect(text).toMatch(/<a class="skip" href="#main">[\s\S]*<main id="main"/)
  expect(text).not.toMatch(/<[^>]*\s(style|on\w+)=/)
  expect(text).not.toMatch(/<script>|<style/)
  expect(text).not.toMatch(/(src|href)="https?:/)
})

test.each(pages)('the title of %s is its heading', async (url) => {
  const { text } = await server.inject({ url })
  const [, heading] = /<h1>([^<]*)<\/h1>/.exec(text)!
  expect(text).toMatch(new RegExp(`<title>${heading}( – Candela)?</title>`))
})

test('every link of every page leads somewhere', async () => {
  const known = new Map<string, Set<string>>()
  const load = async (url: string) => {
    const reply = await server.inject({ url })
    // What is below the base answers as its interaction does, for which there are other tests.
    expect(reply.status === 200 || url.startsWith('/fhir/'), url).toBe(true)
    return new Set([...reply.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))
  }
  for (const page of pages) {
    const { text } = await server.inject({ url: page })
    for (const [, href] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      const { pathname, hash } = new URL(href!.replaceAll('&#38;', '&'), `http://localhost${page}`)
      if (!known.has(pathname)) known.set(pathname, await load(pathname))
      if (hash !== '' && pathname !== '/docs/console') expect(known.get(pathname), href).toContain(hash.slice(1))
    }
  }
})

test.each([
  ['/docs/style.css', 'text/css; charset=utf-8'],
  ['/docs/console.js', 'text/javascript; charset=utf-8'],
  ['/docs/icon.svg', 'image/svg+xml'],
  ['/favicon.ico', 'image/svg+xml'],
])('%s is sent once', async (url, type) => {
  const first = await server.inject({ url })
  expect(first.headers['content-type']).toBe(type)
  const again = await server.inject({ url, headers: { 'if-none-match': first.headers['etag']! } })
  expect(again).toMatchObject({ status: 304, text: '' })
})

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

test.each(['/docs/zork', '/docs/', '/docs/search/zork', '/zork'])(
  '%s is a page for people if nothing is there',
  async (url) => {
    const { status, headers, text } = await server.inject({ url, headers: { accept: browser } })
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(status).toBe(url === '/docs/' ? 200 : 404)
    if (status === 404) expect(text).toContain('<a class="button" href="/">')
  },
)

test.each(['application/fhir+json', '*/*'])('and an outcome for who takes %s', async (accept) => {
  const { status, json } = await server.inject({ url: '/docs/zork', headers: { accept } })
  expect([status, json['resourceType']]).toEqual([404, 'OperationOutcome'])
})
