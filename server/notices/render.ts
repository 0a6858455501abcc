/** A notice as a mail, in plain text and in HTML. */
import {
  type Notice,
  type NoticeLanguage,
  type NoticeLanguageCode,
  type NoticeParameters,
  noticeLanguages,
  type Template,
  type TemplateName,
} from './templates.ts'

export interface MailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** `sender` names who writes: the practice, or the product. */
export function renderNotice({ template, parameters, language }: Notice, sender: string): MailContent {
  const code = languageCode(language)
  const words = noticeLanguages[code]
  const { subject, paragraphs, action, after = [] }: Template = words.templates[template]
  const said = inWords(parameters, words)
  const before = paragraphs.map((text) => filled(text, said, template))
  const behind = [...after.map((text) => filled(text, said, template)), words.words.closing]
  const { link } = parameters
  if (action !== undefined && link === undefined) throw new Error(`The notice '${template}' needs a link.`)
  const button = action === undefined || link === undefined ? undefined : { action, link }
  const title = `${subject} – ${sender}`
  return {
    subject: title,
    text: plainText(before, button, behind, sender),
    html: htmlText({ title, code }, before, button, behind, sender),
  }
}

function languageCode(language: string | undefined): NoticeLanguageCode {
  return language !== undefined && Object.hasOwn(noticeLanguages, language) ? (language as NoticeLanguageCode) : 'en'
}

/** Codes and times as they are read; what is none, such as a number, is itself. */
function inWords({ link, time, when, what }: NoticeParameters, { words, dates }: NoticeLanguage): NoticeParameters {
  return {
    ...(link !== undefined && { link }),
    ...(time !== undefined && { time: wordOf(words.times, time) }),
    ...(when !== undefined && { when: momentIn(dates, when) }),
    ...(what !== undefined && { what: wordOf(words.changes, what) }),
  }
}

function wordOf(words: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(words, code) ? words[code]! : code
}

function momentIn(locale: string, instant: string): string {
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(instant)) return instant
  const form = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const
  return `${new Date(instant).toLocaleDateString(locale, form)}, ${instant.slice(11, 16)} UTC`
}

interface Button {
  readonly action: string
  readonly link: string
}

function filled(text: string, parameters: NoticeParameters, template: TemplateName): string {
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = parameters[name as keyof NoticeParameters]
    if (value === undefined) throw new Error(`The notice '${template}' needs '${name}'.`)
    return value
  })
}

function plainText(before: readonly string[], button: Button | undefined, behind: readonly string[], sender: string) {
  const parts = [...before, ...(button ? [`${button.action}:\n${button.link}`] : []), ...behind, `-- \n${sender}`]
  return `${parts.map((part) => (part.includes('\n') ? part : wrapped(part))).join('\n\n')}\n`
}

const lineLength = 72

function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length > lineLength) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines.join('\n')
}

/** Nothing is loaded from anywhere: no picture tells that a mail was opened. */
function htmlText(
  { title, code }: { readonly title: string; readonly code: NoticeLanguageCode },
  before: readonly string[],
  button: Button | undefined,
  behind: readonly string[],
  sender: string,
): string {
  const paragraph = (text: string) => `<p>${escaped(text)}</p>`
  const link = button && `<p><a href="${escaped(button.link)}">${escaped(button.action)}</a></p>`
  return `<!doctype html>
<html lang="${code}">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
</head>
<body style="font: 1rem/1.5 system-ui, sans-serif; max-width: 38rem; margin: 0 auto; padding: 1rem">
${[...before.map(paragraph), ...(link ? [link] : []), ...behind.map(paragraph)].join('\n')}
<p>${escaped(sender)}</p>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
