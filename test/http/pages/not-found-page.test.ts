import { expect, test } from 'vitest'
import { layout } from '../../../server/http/pages/layout.ts'
import { notFoundPage } from '../../../server/http/pages/not-found-page.ts'

test('the path that leads nowhere is shown and not run', () => {
  const text = layout(notFoundPage('/<script>alert(1)</script>'), '/docs/style.css')
  expect(text).toContain('<code>/&#60;script&#62;')
  expect(text).not.toContain('<script>')
})
