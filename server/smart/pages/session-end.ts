/** When a session ends, and how to go on with it: people who need long are told in time. */
import { type Html, html } from '../../http/pages/html.ts'
import type { SessionEnd } from '../people.ts'
import { fill } from './fill.ts'
import type { Language } from './language.ts'
import { timeInWords } from './resource-words.ts'
import type { Texts } from './texts.ts'

export const stayPath = '/auth/stay'

export interface EndInWords {
  readonly time: string
  readonly minutes: number
  /** Nothing that is done puts it off. */
  readonly isLast: boolean
}

export function sessionEndOf({ time, isLast }: SessionEnd, now: number, language: Language): EndInWords {
  return { time: timeInWords(time, language), minutes: Math.max(1, Math.floor((time - now) / 60_000)), isLast }
}

export function endWords({ time, minutes, isLast }: EndInWords, { sessionEnd }: Texts): string {
  return fill(isLast ? sessionEnd.last : sessionEnd.idle, { time, minutes })
}

/** In another tab: what is being typed on this page stays. */
export function stayForm(end: EndInWords, csrf: string, texts: Texts): Html {
  return html`<div class="session-end"><p class="quiet">${endWords(end, texts)}</p>
${!end.isLast && html`<form method="post" action="${stayPath}" target="_blank"><input type="hidden" name="csrf" value="${csrf}"><button class="plain">${texts.sessionEnd.stay}</button></form>`}</div>`
}
