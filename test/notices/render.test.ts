import { expect, test } from 'vitest'
import { renderNotice } from '../../server/notices/render.ts'
import { type NoticeParameters, type Template, type TemplateName, templates } from '../../server/notices/templates.ts'

const parameters: Required<NoticeParameters> = {
  link: 'https://health.example/account/verify?token=abc&x=1',
  time: '30 minutes',
  when: '5 January 2026, 09:00 UTC',
  what: 'your password',
}
const names = Object.keys(templates) as TemplateName[]

test.each(names)('%s is the same in text and in HTML', (template) => {
  const { subject, text, html } = renderNotice({ template, parameters }, 'Rivertown & Sons')
  const { paragraphs, action, after = [] }: Template = templates[template]
  expect(subject).toBe(`${templates[template].subject} – Rivertown & Sons`)
  const flat = text.replace(/\s+/g, ' ')
  for (const paragraph of [...paragraphs, ...after]) {
    const said = paragraph.replace(/\{(\w+)\}/g, (_all, name: string) => parameters[name as keyof NoticeParameters])
    expect(flat).toContain(said)
    expect(html).toContain(`<p>${said}</p>`)
  }
  expect(text.includes(`:\n${parameters.link}\n`)).toBe(action !== undefined)
  expect(html.includes('token=abc&#38;x=1')).toBe(action !== undefined)
  expect(`${text}${html}`).not.toMatch(/\{\w+\}/)
})

test.each(names)('%s asks for nothing that tells of a person', (template) => {
  const used = JSON.stringify(templates[template]).match(/\{(\w+)\}/g) ?? []
  expect(used.filter((name) => !['{time}', '{when}', '{what}'].includes(name))).toEqual([])
  expect(JSON.stringify(templates[template])).not.toMatch(/diagnos|appointment|medic|result|doctor|patient/i)
})

test.each(names)('%s loads nothing from elsewhere and runs nothing', (template) => {
  const { html } = renderNotice({ template, parameters }, 'Candela')
  expect(html).not.toMatch(/<img|<script|<link|url\(|@import/i)
  expect(html).toContain('<html lang="en">')
})

test('what a parameter holds is no markup', () => {
  const { html } = renderNotice(
    { template: 'details-changed', parameters: { ...parameters, what: '<b>"a"</b>' } },
    '<i>',
  )
  expect(html).not.toMatch(/<b>|<i>/)
})

test('lines of text are short, links are whole', () => {
  const link = `https://health.example/${'a'.repeat(100)}`
  const { text } = renderNotice({ template: 'already-registered', parameters: { link } }, 'Candela')
  expect(text.split('\n').filter((line) => line.length > 72)).toEqual([link])
})

test('a notice without what it needs is not written', () => {
  expect(() => renderNotice({ template: 'reset-password', parameters: { link: 'https://a.example' } }, 'x')).toThrow(
    "'time'",
  )
  expect(() => renderNotice({ template: 'already-registered', parameters: {} }, 'x')).toThrow('needs a link')
})
