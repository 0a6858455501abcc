/** The second step of signing in. */
import { html } from '../../http/pages/html.ts'
import { errorSummary, ownFields, type PageFrame, type PersonPage, textField } from './person-layout.ts'

export interface SecondFactorView {
  readonly action: string
  readonly isWrong?: boolean
}

export function secondFactorPage({ action, isWrong }: SecondFactorView, frame: PageFrame): PersonPage {
  const { otp } = frame.texts
  const error = isWrong === true ? otp.wrong : undefined
  return {
    title: otp.title,
    main: html`<div class="sheet"><h1>${otp.title}</h1>
${error !== undefined && errorSummary(frame.texts, [{ field: 'otp', text: error }])}
<p>${otp.lead}</p>
<form method="post" action="${action}">${ownFields(frame)}
${textField({ name: 'otp', label: otp.code, hint: otp.hint, error, autocomplete: 'one-time-code', focused: true })}
<p class="actions"><button class="button" type="submit">${otp.submit}</button></p></form>
<details><summary>${otp.lost}</summary><p>${otp.lostHelp}</p></details></div>`,
  }
}
