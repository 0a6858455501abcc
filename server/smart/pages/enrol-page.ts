/** Setting up an authenticator app, and the backup codes that come with it. */
import { type Html, html } from '../../http/pages/html.ts'
import { errorSummary, type Field, hiddenFields, type PersonPage, statusOf, textField } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface EnrolView {
  /** An SVG. */
  readonly picture: Html
  /** To be typed where nothing can be scanned. */
  readonly secret: string
  readonly isWrong?: boolean
  /** What is asked besides the code. */
  readonly fields?: readonly Field[]
  /** What is wrong with the whole. */
  readonly problem?: string | undefined
}

export function enrolPage({ picture, secret, isWrong, fields = [], problem }: EnrolView, texts: Texts): PersonPage {
  const { enrol } = texts
  const error = isWrong === true ? enrol.wrong : undefined
  const faults = [
    ...(problem === undefined ? [] : [{ text: problem }]),
    ...(error === undefined ? [] : [{ field: 'otp', text: error }]),
    ...fields.flatMap((field) => (field.error === undefined ? [] : [{ field: field.name, text: field.error }])),
  ]
  return {
    title: enrol.title,
    status: statusOf(faults),
    main: (form) => html`<div class="sheet"><h1>${enrol.title}</h1>
${errorSummary(texts, faults)}
<p>${enrol.scan}</p><div class="qr" role="img" aria-label="${enrol.picture}">${picture}</div>
<p>${enrol.type}<br><code>${secret.match(/.{1,4}/g)?.join(' ') ?? ''}</code></p>
<form method="post" action="${form.action}">${hiddenFields(form)}
${textField({ name: 'otp', label: enrol.code, hint: enrol.hint, error, autocomplete: 'one-time-code', inputmode: 'numeric' })}
${fields.map((field) => textField(field))}
<p class="actions"><button class="button" type="submit">${enrol.submit}</button></p></form></div>`,
  }
}

/** Shown once. */
export function backupCodesPage(codes: readonly string[], { enrol }: Texts, next = '/auth/account'): PersonPage {
  return {
    title: enrol.done,
    main: () => html`<div class="sheet"><h1>${enrol.done}</h1><p role="status">${enrol.codes}</p>
<ul class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
<p class="actions"><a class="button" href="${next}">${enrol.finish}</a></p></div>`,
  }
}
