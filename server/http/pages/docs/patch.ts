import { html } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'

/** The two ways to patch. */
export const patch: Document = {
  path: '/docs/patch',
  name: 'Patch',
  title: 'Patch',
  content: (context) => html`
<p class="lead">Change some elements of a resource and leave the others as they are. The result is checked like any other write.</p>
<h2>JSON Patch</h2>
<p>The operations <code>add</code>, <code>remove</code>, <code>replace</code>, <code>move</code>, <code>copy</code> and
<code>test</code> of RFC 6902, sent as <code>application/json-patch+json</code>. A <code>test</code> that does not hold stops the
patch.</p>
${sampleFigure(samples.jsonPatch, context)}
<h2>FHIRPath Patch</h2>
<p>A <code>Parameters</code> resource with the operations <code>add</code>, <code>insert</code>, <code>delete</code>,
<code>replace</code> and <code>move</code>, in JSON or XML.</p>
${sampleFigure(samples.fhirPathPatch, context)}
<h2>Inside Bundles</h2>
<p>Either is the resource of an entry whose request is <code>PATCH</code>: a FHIRPath Patch as it is, a JSON Patch as the content of
a <code>Binary</code> with <code>application/json-patch+json</code> as its content type.</p>
<h2>Safely</h2>
<p>Send <code>If-Match</code> with the version that you have seen; where somebody was quicker the answer is 412 and nothing has
changed.</p>`,
}
