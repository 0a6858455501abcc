/** Which visit an app is to work with. */
import { html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PersonPage } from './person-layout.ts'
import { type CardOption, radioCards } from './radio-cards.ts'
import type { Texts } from './texts.ts'

export interface VisitView {
  readonly app: string
  /** The newest first. */
  readonly visits: readonly CardOption[]
}

export function visitPage({ app, visits }: VisitView, { visit, patient }: Texts): PersonPage {
  return {
    title: visit.title,
    main: (form) => html`<div class="sheet"><h1>${visit.title}</h1><p>${fill(visit.lead, { app })}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
${radioCards('encounter', visit.title, visits, visits[0]?.id)}
<p class="actions"><button class="button" type="submit">${patient.submit}</button></p></form></div>`,
  }
}
