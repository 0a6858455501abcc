import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Language, languages } from '../../../server/smart/pages/language.ts'
import { personDocument } from '../../../server/smart/pages/person-layout.ts'
import { textsIn } from '../../../server/smart/pages/texts.ts'
import {
  accessibilityFaults,
  desktop,
  isTooWide,
  phone,
  type TestBrowser,
  tabStops,
  testBrowser,
} from '../../support/chromium-page.ts'
import { personPages } from '../../support/person-pages.ts'

function documentOf(name: string, language: Language, text: string): string {
  const { title, main } = personPages(text)[name]!(language, textsIn[language])
  const form = { action: '/auth/x', hidden: { request: text } }
  const styles = ['/style.css', '/person.css']
  return personDocument({
    practice: 'Northside Clinic',
    title,
    main: main(form),
    language,
    styles,
    here: `/auth/${text}`,
  })
}

const names = Object.keys(personPages(''))
const evil = '"><script>alert(1)</script>'

describe.each(languages)('In %s', (language) => {
  test.each(names)('the %s page has one heading, labels, no script, and no text without its value', (name) => {
    const text = documentOf(name, language, evil)
    expect(text).not.toMatch(/<script|<style|\son[a-z]+=|\sstyle=|\{\w+\}|undefined/)
    expect(text.match(/<h1>/g)).toHaveLength(1)
    expect(text).toContain(`<html lang="${language}">`)
    const named = [...text.matchAll(/<input class="input" id="([^"]+)"/g)].map(([, id]) => id)
    for (const id of named) expect(text).toContain(`<label for="${id}">`)
  })
})

test('each language says everything that the others say, with the same values', () => {
  const flat = (tree: object, path = ''): [string, string][] =>
    Object.entries(tree).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string'
        ? [[`${path}${name}`, [...value.matchAll(/\{\w+\}/g)].map(String).sort().join()]]
        : flat(value, `${path}${name}.`),
    )
  expect(flat(textsIn.es)).toEqual(flat(textsIn.en))
})

describe('In a browser', () => {
  const styles: Readonly<Record<string, string>> = {
    '/style.css': 'server/http/pages/static/style.css',
    '/person.css': 'server/http/pages/static/person.css',
    '/docs/icon.svg': 'server/http/pages/static/icon.svg',
  }
  const types: Readonly<Record<string, string>> = { css: 'text/css', svg: 'image/svg+xml' }
  const pages = createServer((request, reply) => {
    const path = request.url ?? ''
    const file = styles[path]
    const [, language, name] = path.split('/')
    const body = file
      ? readFileSync(file)
      : documentOf(name!, language as Language, 'Maximiliana Featherstonehaugh-Cholmondeley')
    reply.setHeader('content-type', types[file?.split('.').at(-1) ?? ''] ?? 'text/html; charset=utf-8').end(body)
  })
  let browser: TestBrowser
  beforeAll(async () => {
    await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done))
    browser = await testBrowser(`http://127.0.0.1:${(pages.address() as AddressInfo).port}`)
  })
  afterAll(async () => {
    await browser.close()
    pages.close()
  })

  describe.each([
    ['a phone, by day, in Spanish', phone, 'light', 'es'],
    ['a desktop, by night, in English', desktop, 'dark', 'en'],
    ['a window of 320 pixels', { width: 320, height: 640 }, 'light', 'en'],
  ] as const)('on %s', (_name, viewport, colorScheme, language) => {
    test.each(names)('the %s page is accessible and fits', async (name) => {
      const { page, faults, close } = await browser.open({ viewport, colorScheme })
      await page.goto(`/${language}/${name}`)
      expect(await accessibilityFaults(page)).toEqual([])
      expect(await isTooWide(page)).toBe(false)
      expect(faults).toEqual([])
      await close()
    })
  })

  test('the keyboard reaches everything on the consent page, in its order', async () => {
    const { page, close } = await browser.open()
    await page.goto('/en/consent')
    const stops = await tabStops(page)
    expect(stops.slice(0, 3)).toEqual(['Skip to the content', 'language', 'You have cleared everything. Choose at l'])
    expect(stops.slice(-3)).toEqual(['decision', 'decision', 'Help'])
    expect(stops.filter((stop) => stop === 'scope')).toHaveLength(5 + 1)
    await close()
  })
})
