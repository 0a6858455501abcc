/** What emergency access was used for, to be judged. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface ReviewEntry {
  readonly number: string
  /** Who, from when, until when. */
  readonly by: string
  /** Whose record it was. */
  readonly patient: string
  readonly reason: string
  /** Of who looks at it. */
  readonly isOwn: boolean
}

export interface ReviewView {
  readonly entries: readonly ReviewEntry[]
  readonly note?: string | undefined
}

export function reviewPage({ entries, note }: ReviewView, texts: Texts): PersonPage {
  const { review } = texts
  return {
    title: review.title,
    main: (form) => html`<div class="sheet"><h1>${review.title}</h1>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<p>${entries.length === 0 ? review.none : review.lead}</p>
${entries.length > 0 && html`<ul class="apps">${entries.map((entry) => item(entry, form, texts))}</ul>`}
<p class="links"><a href="/auth/account">${texts.security.back}</a></p></div>`,
  }
}

function item({ number, by, patient, reason, isOwn }: ReviewEntry, form: PageForm, { review }: Texts): Html {
  const id = `finding-${number}`
  return html`<li class="card"><div><h2>${fill(review.patient, { name: patient })}</h2><p class="quiet">${by}</p>
<p><strong>${review.reason}:</strong> ${reason}</p>
${
  isOwn
    ? html`<p class="hint">${review.own}</p>`
    : html`<form method="post" action="${form.action}">${hiddenFields(form)}<input type="hidden" name="entry" value="${number}">
<div class="field"><label for="${id}">${review.finding}</label><p class="hint" id="${id}-hint">${review.findingHint}</p>
<input class="input" id="${id}" name="finding" type="text" required maxlength="2000" autocomplete="off" aria-describedby="${id}-hint"></div>
<button class="button" type="submit">${review.submit}</button></form>`
}</div></li>`
}
