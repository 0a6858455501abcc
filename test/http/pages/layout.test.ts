import { expect, test } from 'vitest'
import { html } from '../../../server/http/pages/html.ts'
import { layout } from '../../../server/http/pages/layout.ts'

test('the link to the page itself is marked', () => {
  const text = layout({ title: 'Console', path: '/docs/console', main: html`<main id="main"></main>` }, '/s.css')
  expect(text).toContain('<a href="/docs/console" aria-current="page">')
  expect(text.match(/aria-current/g)).toHaveLength(1)
})

test('scripts are loaded after the page', () => {
  const text = layout({ title: 'x', path: '/x', main: '', scripts: ['/x.js'] }, '/s.css')
  expect(text).toContain('<script src="/x.js" defer></script>')
  expect(text).toContain('<link rel="stylesheet" href="/s.css">')
})
