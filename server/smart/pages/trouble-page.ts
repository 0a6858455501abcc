/** What cannot be told to the app, since nobody knows whether it is the app. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
import { html } from '../../http/pages/html.ts'
import type { PageFrame, PersonPage } from './person-layout.ts'

export interface TroubleView {
  /** The error's code, such as `invalid_request`. */
  readonly code: string
  /** In English: it is for the app's makers. */
  readonly description: string
}

export function troublePage({ code, description }: TroubleView, { texts: { trouble } }: PageFrame): PersonPage {
  return {
    title: trouble.title,
    main: html`<div class="sheet"><h1>${trouble.title}</h1><p>${trouble.lead} ${trouble.tell}</p>
<dl class="trouble"><dt>${trouble.code}</dt><dd><code>${code}</code></dd><dd lang="en">${description}</dd></dl></div>`,
  }
}
