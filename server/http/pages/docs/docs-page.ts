/** A page of the documentation, with the list of all of them beside it. */
import type { Context } from '../../../context.ts'
import { type Html, html } from '../html.ts'
import type { Page } from '../layout.ts'
import type { Document } from './document.ts'
import { documents } from './documents.ts'

export function docsPage(document: Document, context: Context): Page {
  return {
    title: document.title,
    path: document.path,
    ...(document.scripts && { scripts: document.scripts(context) }),
    main: html`<div class="docs">
<nav class="contents" aria-label="Documentation"><ul>${documents.map((other) => contentsLink(other, document))}</ul></nav>
<main id="main"><h1>${document.title}</h1>
${document.content(context)}
${neighbours(document)}
</main>
</div>`,
  }
}

function contentsLink(other: Document, current: Document): Html {
  return html`<li><a href="${other.path}"${other === current && html` aria-current="page"`}>${other.name}</a></li>`
}

function neighbours(document: Document): Html {
  const place = documents.indexOf(document)
  const [before, after] = [documents[place - 1], documents[place + 1]]
  return html`<nav class="neighbours" aria-label="Neighbouring pages">
${before && html`<a href="${before.path}" rel="prev"><span aria-hidden="true">←</span> ${before.name}</a>`}
${after && html`<a href="${after.path}" rel="next">${after.name} <span aria-hidden="true">→</span></a>`}
</nav>`
}
