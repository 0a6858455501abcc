/** An app, or the role of the person, demands more than a password. */
import { html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export function secondFactorNeededPage({ app }: { readonly app: string }, { needed }: Texts): PersonPage {
  return {
    title: needed.title,
    main: (form) => html`<div class="sheet"><h1>${needed.title}</h1><p>${fill(needed.lead, { app })}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
<p class="actions"><button class="button" name="do" value="set-up">${needed.setUp}</button>
<button class="button quiet" name="do" value="leave">${fill(needed.leave, { app })}</button></p></form></div>`,
  }
}
