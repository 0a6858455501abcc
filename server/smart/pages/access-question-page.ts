/** A patient asks about an access. */
import { html } from '../../http/pages/html.ts'
import { type AccessItem, accessFacts } from './access-page.ts'
import { errorSummary, hiddenFields, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface QuestionView {
  /** The id of the AuditEvent. */
  readonly event: string
  readonly day: string
  readonly access: AccessItem
  /** What was written, where it cannot be sent. */
  readonly refused?: string | undefined
}

export function accessQuestionPage({ event, day, access, refused }: QuestionView, texts: Texts): PersonPage {
  const { question } = texts.access
  const isWrong = refused !== undefined
  return {
    title: question.title,
    status: isWrong ? 422 : 200,
    main: (form) => html`<div class="sheet"><h1>${question.title}</h1>
${isWrong && errorSummary(texts, [{ field: 'reason', text: question.missing }])}
<div class="card"><div><h2>${access.who}, ${day}</h2>${accessFacts(access, texts.access)}</div></div>
<form method="post" action="${form.action}">${hiddenFields(form)}<input type="hidden" name="event" value="${event}">
<div class="field"><label for="reason">${question.reason}</label><p class="hint" id="reason-hint">${question.hint}</p>
${isWrong && html`<p class="error" id="reason-error">${question.missing}</p>`}
<textarea class="input" id="reason" name="reason" rows="4" maxlength="2000" required aria-describedby="reason-hint${isWrong && ' reason-error'}"${isWrong && html` aria-invalid="true"`}>${refused}</textarea></div>
<p class="aside">${question.lead}</p>
<p class="actions"><button class="button" type="submit">${question.submit}</button></p></form>
<p class="foot-note"><a href="/auth/access">${question.back}</a></p></div>`,
  }
}

export function questionSentPage(texts: Texts): PersonPage {
  const { question } = texts.access
  return {
    title: question.title,
    main: () => html`<div class="sheet"><h1>${question.title}</h1><p class="note" role="status">${question.sent}</p>
<p><a href="/auth/access">${question.back}</a></p></div>`,
  }
}
