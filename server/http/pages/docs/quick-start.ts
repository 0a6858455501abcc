import { html } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'

/** From nothing to a first search. */
export const quickStart: Document = {
  path: '/docs',
  name: 'Quick start',
  title: 'Quick start',
  content: ({ base }) => html`
<p class="lead">Five requests show how the server works. Copy them into a terminal, or try those that read right here.</p>
${sampleFigure(samples.put, base)}
${sampleFigure(samples.read, base)}
${sampleFigure(samples.create, base)}
${sampleFigure(samples.search, base)}
${sampleFigure(samples.delete, base)}
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
<li><a href="/docs/console">Console</a>: send requests from the browser.</li>
</ul>`,
}
