import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import type { Config } from '../../../../server/config.ts'
import { settings } from '../../../../server/config.ts'
import type { Context } from '../../../../server/context.ts'
import { catalogue } from '../../../../server/fhir/outcome.ts'
import { docsPage } from '../../../../server/http/pages/docs/docs-page.ts'
import { documents } from '../../../../server/http/pages/docs/documents.ts'
import { escapeHtml, type Html } from '../../../../server/http/pages/html.ts'
import { interactions } from '../../../../server/interactions/interactions.ts'
import { loadDefinitions } from '../../../../server/packages.ts'

/** What the pages read of a Context. */
const context = {
  base: 'http://localhost:8080/fhir',
  config: {} as Config,
  definitions: loadDefinitions(tmpdir()),
} as Context

const textOf = (path: string) => {
  const document = documents.find((candidate) => candidate.path === path)!
  return (docsPage(document, context).main as Html).html
}

test('every code of the catalogue is explained with its status and sentence', () => {
  const text = textOf('/docs/outcomes')
  for (const [code, entry] of Object.entries(catalogue)) {
    expect(text).toContain(`<tr id="${code}"><td>${entry.status}</td><td><code>${code}</code>`)
    expect(text).toContain(escapeHtml(entry.text))
  }
  expect(text.match(/<tr id=/g)).toHaveLength(Object.keys(catalogue).length)
})

test('every setting is explained', () => {
  const text = textOf('/docs/settings')
  for (const [key, { env }] of Object.entries(settings)) {
    expect(text).toContain(`<code>${env}</code> <code class="quiet">${key}</code>`)
  }
})

test('every interaction is explained in words', () => {
  const text = textOf('/docs/rest')
  for (const { method, path, code } of interactions) {
    const shown = `${method} /fhir${path === '' ? '' : `/${path.replace(/:(\w+)/g, '{$1}')}`}`
    expect(text).toContain(`<code>${shown}</code>`)
    expect(text).not.toContain(`<td>${code}</td>`)
  }
})

test('each page is marked in the list and leads to its neighbours', () => {
  documents.forEach((document, place) => {
    const text = (docsPage(document, context).main as Html).html
    expect(text.match(/aria-current="page"/g)).toHaveLength(1)
    expect(text).toContain(`<a href="${document.path}" aria-current="page">`)
    const [before, after] = [documents[place - 1], documents[place + 1]]
    if (before) expect(text).toContain(`<a href="${before.path}" rel="prev">`)
    if (after) expect(text).toContain(`<a href="${after.path}" rel="next">`)
  })
})
