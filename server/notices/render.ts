/** A notice as a mail, in plain text and in HTML. */
import { type Notice, type NoticeParameters, type Template, type TemplateName, templates } from './templates.ts'

export interface MailContent {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** `sender` names who writes: the practice, or the product. */
export function renderNotice({ template, parameters }: Notice, sender: string): MailContent {
  const { subject, paragraphs, action, after = [] }: Template = templates[template]
  const before = paragraphs.map((text) => filled(text, parameters, template))
  const behind = [...after.map((text) => filled(text, parameters, template)), closing]
  const { link } = parameters
  if (action !== undefined && link === undefined) throw new Error(`The notice '${template}' needs a link.`)
  const button = action === undefined || link === undefined ? undefined : { action, link }
  const title = `${subject} – ${sender}`
  return {
    subject: title,
    text: plainText(before, button, behind, sender),
    html: htmlText(title, before, button, behind, sender),
  }
}

const closing = 'This mail was sent by a program. Answers to it are not read.'

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
  title: string,
  before: readonly string[],
  button: Button | undefined,
  behind: readonly string[],
  sender: string,
): string {
  const paragraph = (text: string) => `<p>${escaped(text)}</p>`
  const link = button && `<p><a href="${escaped(button.link)}">${escaped(button.action)}</a></p>`
  return `<!doctype html>
<html lang="en">
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
