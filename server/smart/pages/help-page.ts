/** Help for people who are no developers. */
import { html } from '../../http/pages/html.ts'
import type { PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export function helpPage({ helpPage: { title, lead, topics, begin } }: Texts): PersonPage {
  return {
    title,
    main: () => html`<div class="sheet"><h1>${title}</h1><p>${lead}</p>
${topics.map((topic) => html`<h2>${topic.title}</h2><p>${topic.text}</p>`)}
<p class="foot-note"><a href="/">${begin}</a></p></div>`,
  }
}
