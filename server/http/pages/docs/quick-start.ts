import { html } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'

const tokenNote = html`<p>Requests need an access token. On this machine, one of the demo's backend service is a command away;
it works for five minutes. <a href="/docs/access">Apps and access</a> tells how apps get theirs.</p>
<pre><code>TOKEN=$(npx candela client token demo-backend)</code></pre>`

/** From nothing to a first search. */
export const quickStart: Document = {
  path: '/docs',
  name: 'Quick start',
  title: 'Quick start',
  content: (context) => html`
<p class="lead">Five requests show how the server works. Copy them into a terminal, or try those that read right here.</p>
${context.config.auth === 'smart' && tokenNote}
${sampleFigure(samples.put, context)}
${sampleFigure(samples.read, context)}
${sampleFigure(samples.create, context)}
${sampleFigure(samples.search, context)}
${sampleFigure(samples.delete, context)}
<h2>What comes back</h2>
<p>A resource, or a <code>Bundle</code> of them, as JSON or XML. A write is answered with the stored resource, its version in
<code>ETag</code> and its address in <code>Location</code>. Whatever goes wrong is an <code>OperationOutcome</code> with a
<a href="/docs/outcomes">stable code</a> and a sentence that says what to change.</p>
<h2>Load real data</h2>
<p>Bundles and NDJSON files, also compressed, go in with one command. It shows its progress, and when it is interrupted it
goes on where it stopped.</p>
<pre><code>npx candela import FOLDER</code></pre>
<h2>Read on</h2>
<ul>
<li><a href="/docs/rest">Reading and writing</a>: every interaction, formats, versions, conditions.</li>
<li><a href="/docs/search">Search</a>: parameters, modifiers, chains, paging, explanations.</li>
<li><a href="/docs/access">Apps and access</a>: who may do what, and how apps are registered and launched.</li>
<li><a href="/docs/console">Console</a>: send requests from the browser.</li>
</ul>`,
}
