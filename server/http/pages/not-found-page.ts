/** For people who followed a link that leads nowhere. */
import { html } from './html.ts'
import type { Page } from './layout.ts'

export function notFoundPage(path: string): Page {
  return {
    title: 'There is no such page',
    path: '',
    main: html`<main id="main" class="home"><section class="hero"><h1>There is no such page</h1>
<p class="lead">Nothing is at <code>${path}</code>. The FHIR interface begins at <a href="/fhir/metadata"><code>/fhir</code></a>,
the <a href="/docs">documentation</a> at <code>/docs</code>.</p>
<p class="actions"><a class="button" href="/">Go to the start page</a></p></section></main>`,
  }
}
