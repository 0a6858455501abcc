import { html } from '../html.ts'
import type { Document } from './document.ts'

/** What the server guarantees. */
export const promises: Document = {
  path: '/docs/promises',
  name: 'Promises',
  title: 'Promises',
  content: () => html`
<p class="lead">What you can build on. Each of these is tested.</p>
<dl class="promises">
<div><dt>What was acknowledged is stored</dt><dd>An answer of 2xx means that the change is on durable storage: it survives the sudden end
of the server and of the database.</dd></div>
<div><dt>One order for each resource</dt><dd>All readers see the versions of a resource in the same order, over any number of server
processes, and a read that begins after a write was answered sees it.</dd></div>
<div><dt>Transactions are whole</dt><dd>All entries of a transaction take effect at once, or none does. A search sees a write as soon as
the write is answered.</dd></div>
<div><dt>No update is lost</dt><dd>With <code>If-Match</code>, of several writers who saw the same version exactly one succeeds. Of equal
conditional creates at the same moment exactly one creates.</dd></div>
<div><dt>The history is complete</dt><dd>n changes make n + 1 versions, numbered without gaps, the deletion among them.</dd></div>
<div><dt>Contention is told apart from failure</dt><dd>Requests that meet are repeated a few times, then answered with 409, 412 or 503,
never with 500. Where the connection was lost during the commit the answer says that nobody knows, and nothing is repeated behind
your back.</dd></div>
<div><dt>What you sent is what is stored</dt><dd>Decimals keep their digits: <code>1.00</code> stays <code>1.00</code>, thirty digits stay
thirty. Duplicate keys are refused.</dd></div>
<div><dt>A refused request changes nothing</dt><dd>Whatever is sent, the answer is an outcome and never the end of the server.</dd></div>
</dl>`,
}
