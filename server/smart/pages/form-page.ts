/** A page that says something, and asks for a few things in one form or none. */
import { type Html, html } from '../../http/pages/html.ts'
import { errorSummary, type Field, hiddenFields, type PersonPage, statusOf, textField } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface FormView {
  readonly title: string
  /** Paragraphs. */
  readonly lead?: readonly (string | Html)[]
  /** What was done: read out at once. */
  readonly note?: string | undefined
  /** What is wrong with the whole. */
  readonly problem?: string | undefined
  readonly fields?: readonly Field[]
  /** What else the form has, between its fields and its button. */
  readonly extra?: Html | undefined
  /** What the button says; no form where it is absent. */
  readonly submit?: string
  /** What the button does, where the page has several. */
  readonly does?: string
  /** What the form sends along. */
  readonly hidden?: Readonly<Record<string, string>>
  /** Below the form. */
  readonly links?: readonly { readonly href: string; readonly text: string; readonly strong?: boolean }[]
  readonly scripts?: readonly string[]
}

export function formPage(view: FormView, texts: Texts): PersonPage {
  const { title, lead = [], note, problem, fields = [], links = [], scripts } = view
  const faults = [
    ...(problem === undefined ? [] : [{ text: problem }]),
    ...fields.flatMap(({ name, error }) => (error === undefined ? [] : [{ field: name, text: error }])),
  ]
  return {
    title,
    status: statusOf(faults),
    ...(scripts && { scripts }),
    main: (form) => html`<div class="sheet"><h1>${title}</h1>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
${errorSummary(texts, faults)}
${lead.map((paragraph) => html`<p>${paragraph}</p>`)}
${
  view.submit !== undefined &&
  html`<form method="post" action="${form.action}">${hiddenFields({ ...form, hidden: { ...form.hidden, ...view.hidden } })}
${fields.map((field) => textField(field))}${view.extra}
<p class="actions"><button class="button" type="submit"${view.does !== undefined && html` name="do" value="${view.does}"`}>${view.submit}</button></p></form>`
}
${links.map(linkTo)}</div>`,
  }
}

function linkTo({ href, text, strong }: { readonly href: string; readonly text: string; readonly strong?: boolean }) {
  return strong
    ? html`<p class="actions"><a class="button" href="${href}">${text}</a></p>`
    : html`<p class="foot-note"><a href="${href}">${text}</a></p>`
}
