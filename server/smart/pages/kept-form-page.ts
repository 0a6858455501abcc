/** What somebody was about to send when their session had ended. */
import { html } from '../../http/pages/html.ts'
import { hiddenFields, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface KeptFormView {
  /** As the form sends them. */
  readonly fields: Readonly<Record<string, string>>
  /** In words. */
  readonly typed: readonly { readonly label: string; readonly text: string }[]
  readonly about: string | undefined
  /** What the button does that throws it away. */
  readonly discard: string
}

export function keptFormPage({ fields, typed, about, discard }: KeptFormView, texts: Texts): PersonPage {
  const { kept } = texts
  return {
    title: kept.title,
    main: (form) => html`<div class="sheet"><h1>${kept.title}</h1>
<p>${kept.lead}</p>${about !== undefined && html`<p><strong>${about}</strong></p>`}
<div class="card"><dl>${typed.map(({ label, text }) => html`<dt>${label}</dt><dd class="as-typed">${text === '' ? kept.nothing : text}</dd>`)}</dl></div>
<form method="post" action="${form.action}">${hiddenFields({ ...form, hidden: { ...form.hidden, ...fields } })}
<p class="actions"><button class="button" type="submit">${kept.send}</button></p></form>
<form method="post" action="${form.action}">${hiddenFields(form)}
<p class="actions"><button class="button quiet" name="do" value="${discard}">${kept.discard}</button></p></form></div>`,
  }
}
