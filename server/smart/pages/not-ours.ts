/** A form that did nothing, because it could not be told that the person sent it: said above the page as it is now. */
import { html } from '../../http/pages/html.ts'
import type { PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export function withFormRefused(page: PersonPage, { formRefused }: Texts): PersonPage {
  const { title, text } = formRefused
  const said = html`<div class="summary" role="alert" tabindex="-1"><h2>${title}</h2><p>${text}</p></div>`
  return { ...page, status: 403, main: (form) => html`${said}${page.main(form)}` }
}
