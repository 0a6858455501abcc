import { expect, test } from 'vitest'
import { html, sentence } from '../../../server/http/pages/html.ts'

test('what is put into a template is escaped, HTML is not', () => {
  const name = '<script>"&\''
  expect(html`<p title="${name}">${name}</p>`.html).toBe(
    '<p title="&#60;script&#62;&#34;&#38;&#39;">&#60;script&#62;&#34;&#38;&#39;</p>',
  )
  expect(html`<ul>${['a', '<'].map((text) => html`<li>${text}</li>`)}</ul>`.html).toBe(
    '<ul><li>a</li><li>&#60;</li></ul>',
  )
})

test('nothing leaves nothing behind', () => {
  expect(html`<p>${undefined}${false}${[]}${0}</p>`.html).toBe('<p>0</p>')
})

test('code stands between backticks', () => {
  expect(sentence('`0` = any').html).toBe('<code>0</code> = any')
  expect(sentence('no `<b>` here').html).toBe('no <code>&#60;b&#62;</code> here')
})
