/** The letter that an invitation is handed over with, to be printed. */
import { toString as drawCode } from 'qrcode'
import { dayText } from './account-notice.ts'

export interface LetterFacts {
  /** `7K3M-9QXT-2WPA-64ZD`. */
  readonly code: string
  /** Milliseconds. */
  readonly expires: number
  /** The page where the code is typed, with the code behind a #. */
  readonly link: string
  /** Whose practice it is. */
  readonly sender: string
  /** Who is invited; nothing else of the record is told. */
  readonly recipient: string
  /** Whether the record is another's, for whom the recipient acts. */
  readonly isProxy: boolean
}

export interface InvitationLetter {
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly code: string
  /** Where the code is typed. */
  readonly page: string
  /** An SVG of the link. */
  readonly qr: string
}

export async function invitationLetter(facts: LetterFacts): Promise<InvitationLetter> {
  const { code, expires, link, sender, recipient, isProxy } = facts
  const page = link.split('#')[0]!
  const what = isProxy ? 'the record of the person whom you act for' : 'your own record'
  return {
    title: `Your invitation from ${sender}`,
    paragraphs: [
      `Dear ${recipient},`,
      `with this letter you can see ${what}, and write to us, on the web.`,
      `Open ${page}, make an account or sign in, and type the code below; or point a telephone at the square.`,
      `The code works once, until ${dayText(expires)}. Give it to nobody else: whoever has it sees the record. If you lose this letter, ask us for another; the code in this one then ends.`,
    ],
    code,
    page,
    qr: await drawCode(link, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 }),
  }
}

/** A page of its own, with nothing that is loaded from elsewhere. */
export function letterPage({ title, paragraphs, code, qr }: InvitationLetter): string {
  return `<!doctype html>
<html lang="en">
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
<div role="img" aria-label="The same as a square to point a telephone at">${qr}</div>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
