import { type CatalogueEntry, catalogue, outcomeSystem } from '../../../fhir/outcome.ts'
import { html } from '../html.ts'
import type { Document } from './document.ts'

/** The catalogue of faults, from the table that the server answers from. */
export const outcomes: Document = {
  path: '/docs/outcomes',
  name: 'Outcomes',
  title: 'Outcomes',
  content: () => html`
<p class="lead">Every fault has a code that stays the same, and the same status wherever it happens. Programs should read the code,
people the sentence.</p>
<p>The code stands in <code>issue.details.coding</code> under the system <code>${outcomeSystem}</code>;
<code>issue.expression</code> says where in the resource, <code>issue.location</code> at which line of the text. Words in braces
below are filled in.</p>
<table class="outcomes"><thead><tr><th scope="col">Status</th><th scope="col">Code and sentence</th></tr></thead><tbody>
${Object.entries(catalogue as Record<string, CatalogueEntry>).map(
  ([code, { status, text, issue }]) =>
    html`<tr id="${code}"><td>${status}</td><td><code>${code}</code> <span class="quiet">${issue}</span><br>${text}</td></tr>`,
)}
</tbody></table>`,
}
