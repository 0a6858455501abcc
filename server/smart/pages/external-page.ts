/** Other ways to sign in, by providers elsewhere. */
import { type Html, html } from '../../http/pages/html.ts'
import { withQuery } from '../exchange.ts'
import { fill } from './fill.ts'
import {
  errorSummary,
  type Field,
  hiddenFields,
  type PageForm,
  type PersonPage,
  statusOf,
  textField,
} from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface ExternalView {
  readonly identities: readonly { readonly id: string; readonly name: string; readonly since: string }[]
  /** Where another one is linked. */
  readonly link: ExternalLink | undefined
  readonly note?: string | undefined
  readonly back: string
}

export interface ExternalLink {
  /** What people call the provider. */
  readonly name: string
  readonly path: string
  /** What the person types first; absent where they need not. */
  readonly fields: readonly Field[] | undefined
}

export function externalPage({ identities, link, note, back }: ExternalView, texts: Texts): PersonPage {
  const { external, account, security } = texts
  const faults = (link?.fields ?? []).flatMap(({ name, error }) =>
    error === undefined ? [] : [{ field: name, text: error }],
  )
  return {
    title: external.title,
    status: statusOf(faults),
    main: (form) => html`<div class="sheet"><h1>${external.title}</h1>
${errorSummary(texts, faults)}
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<ul class="apps">${identities.map(
      ({ id, name, since }) => html`<li class="card"><div><strong>${name}</strong>
<p class="quiet">${fill(account.since, { date: since })}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="button quiet" name="unlink" value="${id}" aria-label="${external.unlink}: ${name}">${external.unlink}</button></form></div></li>`,
    )}</ul>
${link && linkTo(link, form, texts)}
<p class="foot-note"><a href="${back}">${security.back}</a></p></div>`,
  }
}

function linkTo({ name, path, fields }: ExternalLink, form: PageForm, { external }: Texts): Html {
  const text = fill(external.link, { name })
  const query = { link: form.hidden['csrf'], next: form.action }
  if (!fields) return html`<p class="actions"><a class="button" href="${withQuery(path, query)}">${text}</a></p>`
  return html`<form method="post" action="${form.action}">${hiddenFields(form)}${fields.map((field) => textField(field))}
<p class="actions"><button class="button" name="do" value="link">${text}</button></p></form>`
}
