/** The letter that an invitation is handed over with, to be printed. */
import { toString as drawCode } from 'qrcode'
import { fill } from '../pages/fill.ts'
import type { Language } from '../pages/language.ts'
import { letterWords } from './letter-words.ts'

export interface LetterFacts {
  /** `7K3M-9QXT-2WPA-64ZD`. */
  readonly code: string
  /** Milliseconds. */
  readonly expires: number
  /** The page where the code is typed, with the code behind a #. */
  readonly link: string
  /** Whose practice it is. */
  readonly sender: string
  /** Who is invited, where the record has a name; nothing else of it is told. */
  readonly recipient: string | undefined
  /** Whether the record is another's, for whom the recipient acts. */
  readonly isProxy: boolean
  readonly language: Language
}

export interface InvitationLetter {
  readonly language: Language
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly code: string
  /** Where the code is typed. */
  readonly page: string
  /** An SVG of the link. */
  readonly qr: string
}

export async function invitationLetter(facts: LetterFacts): Promise<InvitationLetter> {
  const { code, expires, link, sender, recipient, isProxy, language } = facts
  const words = letterWords[language]
  const page = link.split('#')[0]!
  const form = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const
  const day = new Date(expires).toLocaleDateString(words.locale, form)
  return {
    language,
    title: fill(words.title, { sender }),
    paragraphs: [
      fill(words.greeting, { recipient: recipient ?? words.nameless }),
      isProxy ? words.proxy : words.own,
      fill(words.how, { page }),
      fill(words.once, { day }),
    ],
    code,
    page,
    qr: await drawCode(link, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 }),
  }
}

/** A page of its own, with nothing that is loaded from elsewhere. */
export function letterPage({ language, title, paragraphs, code, qr }: InvitationLetter): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>
@page { margin: 2.5cm }
body { font: 12pt/1.5 serif; max-width: 38rem; margin: 2rem auto; padding: 0 1rem; color: #000; background: #fff }
.code { font: bold 18pt/1.5 monospace; letter-spacing: 0.05em }
svg { width: 5cm; height: 5cm }
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
<p class="code">${escaped(code)}</p>
<div role="img" aria-label="${escaped(letterWords[language].square)}">${qr}</div>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
