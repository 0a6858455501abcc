/** Terms of use, to be read and accepted. */
import { html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { errorSummary, hiddenFields, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface TermsView {
  readonly version: string
  readonly title: string
  /** Paragraphs, divided by empty lines. */
  readonly content: string
  readonly isUnticked?: boolean
}

export function termsPage({ version, title, content, isUnticked }: TermsView, texts: Texts): PersonPage {
  const { terms } = texts
  const paragraphs = content.split(/\n\s*\n/).map((text) => text.trim())
  return {
    title: terms.title,
    status: isUnticked === true ? 422 : 200,
    main: (form) => html`<div class="sheet"><h1>${terms.title}</h1>
${isUnticked === true && errorSummary(texts, [{ field: 'accept', text: terms.unticked }])}
<p>${terms.lead}</p>
<section class="legal" tabindex="0" aria-label="${title}"><h2>${title}</h2><p class="quiet">${fill(terms.version, { version })}</p>
${paragraphs.filter((text) => text !== '').map((text) => html`<p>${text}</p>`)}</section>
<form method="post" action="${form.action}">${hiddenFields(form)}<input type="hidden" name="version" value="${version}">
<label class="box"><input class="tick" type="checkbox" id="accept" name="accept" value="1"><span>${terms.accept}</span></label>
<p class="actions"><button class="button" type="submit">${terms.submit}</button></p></form>
<p class="foot-note"><a href="/auth/logout">${terms.later}</a></p></div>`,
  }
}
