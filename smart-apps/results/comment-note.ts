/** A comment of the practice, beside the result that it is about. */
import { html, nothing, type TemplateResult } from 'lit'
import { dateInWords } from '../shared/words/dates.ts'
import { fill } from '../shared/words/fill.ts'
import type { Language } from '../shared/words/language.ts'
import type { Comment } from './comments.ts'
import { longText } from './report-text.ts'
import type { ResultsTexts } from './words/texts.ts'

export function commentNote({ text, sent, sender }: Comment, texts: ResultsTexts, language: Language): TemplateResult {
  const from = sender === undefined ? texts.comment : fill(texts.commentOf, { name: sender })
  return html`<div class="comment">
    <p class="quiet">${from}${sent === undefined ? nothing : html` · ${dateInWords(sent, language)}`}</p>
    <div>${longText(text, texts)}</div>
  </div>`
}
