import { expect, test } from 'vitest'
import { renderNotice } from '../../server/notices/render.ts'
import {
  type ChangeCode,
  type NoticeLanguageCode,
  type NoticeParameters,
  noticeLanguages,
  type Template,
  type TemplateName,
} from '../../server/notices/templates.ts'
import { languages } from '../../server/smart/pages/language.ts'

const parameters: Required<NoticeParameters> = {
  link: 'https://health.example/account/verify?token=abc&x=1',
  time: 'PT30M',
  when: '2026-01-05T09:00:00.000Z',
  what: 'name-changed',
}
/** The same as they are read. */
const saidIn: Readonly<Record<NoticeLanguageCode, Omit<Required<NoticeParameters>, 'link'>>> = {
  en: { time: '30 minutes', when: '5 January 2026, 09:00 UTC', what: 'your name' },
  es: { time: '30 minutos', when: '5 de enero de 2026, 09:00 UTC', what: 'su nombre' },
}
const names = Object.keys(noticeLanguages.en.templates) as TemplateName[]
const all = languages.flatMap((language) => names.map((template) => ({ template, language })))

test('there are notices in every language of the pages', () => {
  expect(Object.keys(noticeLanguages)).toEqual([...languages])
})

test.each(all)('$template in $language is the same in text and in HTML', ({ template, language }) => {
  const { subject, text, html } = renderNotice({ template, parameters, language }, 'Rivertown & Sons')
  const { paragraphs, action, after = [], ...rest }: Template = noticeLanguages[language].templates[template]
  expect(subject).toBe(`${rest.subject} – Rivertown & Sons`)
  expect(html).toContain(`<html lang="${language}">`)
  const flat = text.replace(/\s+/g, ' ')
  for (const paragraph of [...paragraphs, ...after]) {
    const said = paragraph.replace(
      /\{(\w+)\}/g,
      (_all, name: string) => saidIn[language][name as keyof (typeof saidIn)['en']],
    )
    expect(flat).toContain(said)
    expect(html).toContain(`<p>${said}</p>`)
  }
  expect(text.includes(`:\n${parameters.link}\n`)).toBe(action !== undefined)
  expect(html.includes('token=abc&#38;x=1')).toBe(action !== undefined)
  expect(`${text}${html}`).not.toMatch(/\{\w+\}/)
})

test.each(names)('%s says the same in each language', (template) => {
  const { en, es } = noticeLanguages
  const [english, spanish]: Template[] = [en.templates[template], es.templates[template]]
  const uses = (one: Template) => JSON.stringify(one).match(/\{\w+\}/g) ?? []
  expect(uses(spanish!).toSorted()).toEqual(uses(english!).toSorted())
  expect(spanish!.paragraphs).toHaveLength(english!.paragraphs.length)
  expect(spanish!.after?.length).toBe(english!.after?.length)
  expect(spanish!.action === undefined).toBe(english!.action === undefined)
  for (const text of spanish!.paragraphs) expect(english!.paragraphs).not.toContain(text)
})

test.each(Object.keys(noticeLanguages.en.words.changes) as ChangeCode[])('%s has words in each language', (what) => {
  const texts = languages.map(
    (language) =>
      renderNotice({ template: 'details-changed', parameters: { ...parameters, what }, language }, 'x').text,
  )
  for (const text of texts) expect(text).not.toContain(what)
  expect(new Set(texts).size).toBe(languages.length)
})

test('where the language is not known, or none of ours, it is English', () => {
  for (const language of [undefined, 'fr', 'toString']) {
    expect(renderNotice({ template: 'link-refused', parameters: {}, language }, 'x').html).toContain('lang="en"')
  }
})

test('what was stored in words is sent as it was stored', () => {
  const stored = { ...parameters, when: '5 January 2026, 09:00 UTC', what: 'a passkey was added' }
  const { text } = renderNotice({ template: 'details-changed', parameters: stored, language: undefined }, 'x')
  expect(text).toContain('This was changed on 5 January 2026, 09:00 UTC: a passkey was added.')
})

test.each(all)('$template in $language asks for nothing that tells of a person', ({ template, language }) => {
  const words = JSON.stringify(noticeLanguages[language].templates[template])
  const used = words.match(/\{(\w+)\}/g) ?? []
  expect(used.filter((name) => !['{time}', '{when}', '{what}'].includes(name))).toEqual([])
  expect(words).not.toMatch(/diagn[oó]s|appointment|\bcita\b|m[eé]dic|result|doctor|patient|paciente/i)
})

test.each(all)('$template in $language loads nothing from elsewhere and runs nothing', ({ template, language }) => {
  const { html } = renderNotice({ template, parameters, language }, 'Candela')
  expect(html).not.toMatch(/<img|<script|<link|url\(|@import/i)
})

test('what a parameter holds is no markup', () => {
  const { html } = renderNotice(
    { template: 'details-changed', parameters: { ...parameters, what: '<b>"a"</b>' }, language: 'en' },
    '<i>',
  )
  expect(html).not.toMatch(/<b>|<i>/)
})

test('lines of text are short, links are whole', () => {
  const link = `https://health.example/${'a'.repeat(100)}`
  const { text } = renderNotice({ template: 'already-registered', parameters: { link }, language: 'en' }, 'Candela')
  expect(text.split('\n').filter((line) => line.length > 72)).toEqual([link])
})

test('a notice without what it needs is not written', () => {
  const language = 'en'
  const only = { link: 'https://a.example' }
  expect(() => renderNotice({ template: 'reset-password', parameters: only, language }, 'x')).toThrow("'time'")
  expect(() => renderNotice({ template: 'already-registered', parameters: {}, language }, 'x')).toThrow('needs a link')
})
