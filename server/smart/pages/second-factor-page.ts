/** The second step of signing in. */
import { html } from '../../http/pages/html.ts'
import { errorSummary, hiddenFields, type PersonPage, textField } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface SecondFactorView {
  readonly isWrong?: boolean
  /** What else keeps the person. */
  readonly problem?: string
  /** Says that the password was right: sent along with the code. */
  readonly ticket: string
}

export function secondFactorPage({ ticket, isWrong, problem }: SecondFactorView, texts: Texts): PersonPage {
  const { otp } = texts
  const error = isWrong === true ? otp.wrong : problem
  return {
    title: otp.title,
    status: error === undefined ? 200 : 422,
    main: (form) => html`<div class="sheet"><h1>${otp.title}</h1>
${error !== undefined && errorSummary(texts, [{ field: 'otp', text: error }])}
<p>${otp.lead}</p>
<form method="post" action="${form.action}">${hiddenFields({ ...form, hidden: { ...form.hidden, ticket } })}
${textField({ name: 'otp', label: otp.code, hint: otp.hint, error, autocomplete: 'one-time-code', focused: true })}
<p class="actions"><button class="button" type="submit">${otp.submit}</button></p></form>
<details><summary>${otp.lost}</summary><p>${otp.lostHelp}</p></details></div>`,
  }
}
