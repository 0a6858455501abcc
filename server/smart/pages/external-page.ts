/** Other ways to sign in, by providers elsewhere. */
import { html } from '../../http/pages/html.ts'
import { withQuery } from '../exchange.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface ExternalView {
  readonly identities: readonly { readonly id: string; readonly name: string; readonly since: string }[]
  /** Where another one is linked. */
  readonly link: { readonly name: string; readonly path: string } | undefined
  readonly note?: string | undefined
  readonly back: string
}

export function externalPage({ identities, link, note, back }: ExternalView, texts: Texts): PersonPage {
  const { external, account, security } = texts
  return {
    title: external.title,
    main: (form) => html`<div class="sheet"><h1>${external.title}</h1>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<ul class="apps">${identities.map(
      ({ id, name, since }) => html`<li class="card"><div><strong>${name}</strong>
<p class="quiet">${fill(account.since, { date: since })}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="button quiet" name="unlink" value="${id}" aria-label="${external.unlink}: ${name}">${external.unlink}</button></form></div></li>`,
    )}</ul>
${
  link &&
  html`<p class="actions"><a class="button" href="${withQuery(link.path, { link: form.hidden['csrf'], next: form.action })}">${fill(external.link, { name: link.name })}</a></p>`
}
<p class="foot-note"><a href="${back}">${security.back}</a></p></div>`,
  }
}
