import { html } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'

/** Transactions and batches. */
export const bundles: Document = {
  path: '/docs/bundles',
  name: 'Bundles',
  title: 'Transactions and batches',
  content: (context) => html`
<p class="lead">Post a Bundle to the base to send many requests at once, up to 5,000 in one transaction.</p>
${sampleFigure(samples.transaction, context)}
<h2>Transaction</h2>
<ul>
<li>All entries take effect, or none; the outcome names the entry that failed.</li>
<li>The order is deletes, creates, updates and patches, then reads, whatever the order in the Bundle. What one entry deletes,
the search criteria of others do not find.</li>
<li>References to the <code>urn:uuid</code> in another entry’s <code>fullUrl</code> are replaced by the address it gets. Conditional
references such as <code>Patient?identifier=…</code> are replaced by the one match.</li>
<li>So are those in patches, whether FHIRPath Patches or JSON Patches in a <code>Binary</code>.</li>
<li>Two entries for the same resource are refused.</li>
<li>Other requests see all of it or nothing of it.</li>
</ul>
<h2>Batch</h2>
<p>With type <code>batch</code> each entry stands for itself: its own status, its own outcome, no references between entries.</p>
<h2>The answer</h2>
<p>One entry for each of yours, in your order, with <code>status</code>, <code>location</code>, <code>etag</code> and
<code>lastModified</code>. <code>Prefer: return=representation</code> adds the resources.</p>`,
}
