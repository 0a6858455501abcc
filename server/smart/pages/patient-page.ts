/** Where people choose whom, and which visit, it is about. */
import { html } from '../../http/pages/html.ts'
import type { Choice } from '../authorize/patients.ts'
import type { AskingPage } from '../authorize/state.ts'
import { hiddenFields } from './sign-in-page.ts'

export interface PatientFacts {
  readonly choices: readonly Choice[]
  /** Staff look for patients. */
  readonly searches: boolean
  readonly search?: string
}

export function patientPage(app: string, { choices, searches, search }: PatientFacts): AskingPage {
  return {
    title: 'Choose a patient',
    main: (fields) => html`<main id="main" class="sign-in"><h1>Choose a patient</h1>
<p>${app} is to be opened for one patient.</p>
${
  searches &&
  html`<form method="post" action="${fields.action}" role="search">${hiddenFields(fields)}
<p><label for="search">Name, or date of birth as 1980-12-31</label>
<input id="search" name="search" required value="${search ?? ''}"> <button type="submit">Search</button></p></form>`
}
${search !== undefined && choices.length === 0 && html`<p role="status">Nobody was found.</p>`}
${
  choices.length > 0 &&
  html`<form method="post" action="${fields.action}">${hiddenFields(fields)}
<fieldset><legend>Patients</legend>${options('patient', choices)}</fieldset>
<p><button type="submit">Go on</button></p></form>`
}</main>`,
  }
}

export function encounterPage(app: string, choices: readonly Choice[]): AskingPage {
  return {
    title: 'Choose a visit',
    main: (fields) => html`<main id="main" class="sign-in"><h1>Choose a visit</h1>
<p>${app} is to be opened for one visit.</p>
<form method="post" action="${fields.action}">${hiddenFields(fields)}
<fieldset><legend>Visits</legend>${options('encounter', choices)}</fieldset>
<p><button type="submit">Go on</button></p></form></main>`,
  }
}

function options(name: string, choices: readonly Choice[]) {
  return choices.map(
    ({ id, text }, i) =>
      html`<p><label><input type="radio" name="${name}" value="${id}" required${i === 0 && html` checked`}> ${text}</label></p>`,
  )
}
