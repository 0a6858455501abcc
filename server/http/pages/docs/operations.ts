import { html } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'
import { definitions } from './rest.ts'

/** What goes beyond reading and writing. */
export const operations: Document = {
  path: '/docs/operations',
  name: 'Operations',
  title: 'Operations',
  content: (context) => html`
<p class="lead">Operations have names that begin with a dollar sign. The <a href="/fhir/metadata">capability statement</a> says
where each can be called.</p>
${definitions([
  [
    'Patient/1/$everything',
    'The patient and all that belongs to the patient, in pages. `start` and `end` limit the dates of care, `_since` the time of change, `_type` the types, `_count` the page. Also for `Encounter`.',
  ],
  [
    'Observation/$lastn',
    'The newest observations of each code: `max` says how many, `_count` how many of them on a page.',
  ],
  [
    'Patient/$validate',
    'Checks a resource and stores nothing. An id before it checks it as an update of that resource.',
  ],
  [
    'Patient/1/$meta',
    'Profiles, tags and security labels; `$meta-add` and `$meta-delete` change them, which makes a new version.',
  ],
  [
    '$reindex',
    'Makes stored SearchParameters usable while reads and writes go on, as the end of the page on search tells; `$reindex-status` says how far it is.',
  ],
  ['Patient/1/$expunge', 'Removes a deleted resource and its history for good.'],
  ['Patient/1/$graphql', 'Picks elements across references with a GraphQL query; without an id before it, searches.'],
  ['Patient/1/$diff', 'What changed between two versions.'],
])}
${sampleFigure(samples.everything, context)}
${sampleFigure(samples.validate, context)}
<p>Operations that only read may be called with <code>GET</code> and their parameters in the query; all of them with
<code>POST</code> and a <code>Parameters</code> resource.</p>`,
}
