/** Whose record an app is to work with. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { errorSummary, hidden, ownFields, type PageFrame, type PersonPage } from './person-layout.ts'

export interface PatientView {
  readonly app: string
  readonly action: string
  readonly people: readonly PatientOption[]
  /** Staff search; patients and guardians have a list. */
  readonly search?: { readonly text: string } | undefined
  /** Nothing was chosen. */
  readonly isMissing?: boolean
}

export interface PatientOption {
  readonly id: string
  readonly name: string
  readonly isSelf: boolean
  /** In words of the page's language. */
  readonly born?: string | undefined
  /** A record number, where names are alike. */
  readonly number?: string | undefined
}

export function patientPage(view: PatientView, frame: PageFrame): PersonPage {
  const { patient } = frame.texts
  return {
    title: patient.title,
    main: html`<div class="sheet"><h1>${patient.title}</h1>
${view.isMissing === true && errorSummary(frame.texts, [{ field: `patient-${view.people[0]?.id ?? ''}`, text: patient.choose }])}
<p>${fill(patient.lead, { app: view.app })}</p>
${view.search && searchForm(view, frame)}
${view.people.length > 0 ? choices(view, frame) : html`<p class="note" role="status">${view.search ? view.search.text !== '' && patient.none : patient.noOne}</p>`}</div>`,
  }
}

function searchForm({ action, search }: PatientView, frame: PageFrame): Html {
  const { patient } = frame.texts
  return html`<form method="post" action="${action}" role="search">${ownFields(frame)}${hidden('step', 'find')}
<div class="field"><label for="find">${patient.search}</label><p class="hint" id="find-hint">${patient.searchHint}</p>
<div class="row"><input class="input" id="find" name="find" value="${search!.text}" autocomplete="off" aria-describedby="find-hint" maxlength="100">
<button class="button quiet" type="submit">${patient.find}</button></div></div></form>`
}

function choices({ action, people }: PatientView, frame: PageFrame): Html {
  const { texts } = frame
  return html`<form method="post" action="${action}">${ownFields(frame)}
<fieldset class="cards"><legend class="away">${texts.patient.title}</legend>
${people.map((one, i) => card(one, i === 0 && (people.length === 1 || one.isSelf), frame))}</fieldset>
<p class="actions"><button class="button" type="submit">${texts.patient.submit}</button></p></form>`
}

function card({ id, name, isSelf, born, number }: PatientOption, isChecked: boolean, { texts }: PageFrame): Html {
  const facts = [
    isSelf ? texts.patient.you : '',
    born === undefined ? '' : fill(texts.patient.born, { date: born }),
    number ?? '',
  ].filter((fact) => fact !== '')
  return html`<label class="card" for="patient-${id}"><input class="tick" type="radio" name="patient" id="patient-${id}" value="${id}" required${isChecked && html` checked`}>
<span><strong>${name}</strong>${facts.length > 0 && html`<span class="quiet">${facts.join(' · ')}</span>`}</span></label>`
}
