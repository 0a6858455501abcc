/** Whose record an app is to work with. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import { type CardOption, radioCards } from './radio-cards.ts'
import type { Texts } from './texts.ts'

export interface PatientView {
  readonly app: string
  readonly people: readonly CardOption[]
  /** The one who is chosen unless another is. */
  readonly self?: string | undefined
  /** What staff looked for; absent for patients and guardians, who have a list. */
  readonly search?: string | undefined
}

export function patientPage(view: PatientView, texts: Texts): PersonPage {
  const { patient } = texts
  const { people, search } = view
  const none = search === undefined ? patient.noOne : patient.none
  return {
    title: patient.title,
    main: (form) => html`<div class="sheet"><h1>${patient.title}</h1>
<p>${fill(patient.lead, { app: view.app })}</p>
${search !== undefined && searchForm(search, form, texts)}
${people.length > 0 ? choices(view, form, texts) : search !== '' && html`<p class="note" role="status">${none}</p>`}</div>`,
  }
}

function searchForm(search: string, form: PageForm, texts: Texts): Html {
  return html`<form method="post" action="${form.action}" role="search">${hiddenFields(form)}${searchField(search, texts)}</form>`
}

/** What patients are found by, with its button. */
export function searchField(search: string, { patient }: Texts): Html {
  return html`<div class="field"><label for="search">${patient.search}</label><p class="hint" id="search-hint">${patient.searchHint}</p>
<div class="row"><input class="input" id="search" name="search" value="${search}" autocomplete="off" aria-describedby="search-hint" maxlength="100" required>
<button class="button quiet" type="submit">${patient.find}</button></div></div>`
}

function choices({ people, self }: PatientView, form: PageForm, { patient }: Texts): Html {
  const chosen = people.length === 1 ? people[0]!.id : self
  return html`<form method="post" action="${form.action}">${hiddenFields(form)}
${radioCards('patient', patient.title, people, chosen)}
<p class="actions"><button class="button" type="submit">${patient.submit}</button></p></form>`
}
