import { interactions } from '../../../interactions/interactions.ts'
import { type Html, html, sentence } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'

/** The interactions, the forms of their bodies, and the headers that steer them. */
export const rest: Document = {
  path: '/docs/rest',
  name: 'Reading and writing',
  title: 'Reading and writing',
  content: (context) => html`
<p class="lead">Every FHIR R4 resource type can be stored. The addresses are the same for all of them.</p>
<h2 id="interactions">Interactions</h2>
${interactionTable()}
<h2 id="formats">Formats</h2>
<p>Send and ask for <code>application/fhir+json</code> or <code>application/fhir+xml</code>; <code>application/json</code>,
<code>text/xml</code> and their like are understood too. <code>Accept</code> may weigh its types with <code>q</code>.
In a browser, <code>_format=json</code> or <code>_format=xml</code> goes before <code>Accept</code>. Bodies are UTF-8, at
most 48 MB, and may be compressed with gzip, br or deflate; replies are compressed where <code>Accept-Encoding</code> asks
for it.</p>
${definitions([
  ['_pretty=true', 'Indents the reply.'],
  [
    '_summary=true',
    'Only the elements that the specification marks as summary. Also `text` (narrative and mandatory elements), `data` (all but the narrative), `count` (in searches, the number alone) and `false`.',
  ],
  [
    '_elements=name,birthDate',
    'Only these elements, and those that may not be missing. A search refuses names that nothing it returns has.',
  ],
])}
<p>A shortened resource carries the tag <code>SUBSETTED</code>. Do not store it again: what was left out would be lost.</p>
${sampleFigure(samples.readXml, context)}
${sampleFigure(samples.elements, context)}
<h2 id="headers">Headers</h2>
${definitions([
  [
    'If-Match: W/"3"',
    'Changes or deletes only version 3; where another came first, the answer is 412 and nothing happens.',
  ],
  ['If-Match: *', 'Changes or deletes whatever version there is, and is refused with 412 where there is none.'],
  ['If-None-Match: *', 'With `PUT`: creates, but never changes.'],
  [
    'If-None-Match: W/"3"',
    'With `GET`: 304 without a body while version 3 is the current one. `If-Modified-Since` does the same by time.',
  ],
  ['If-None-Exist: identifier=…', 'With `POST`: creates unless something matches.'],
  ['Prefer: return=minimal', 'No body after a write. Also `representation`, the default, and `OperationOutcome`.'],
  [
    'Prefer: handling=lenient',
    'Ignores unknown search parameters, with a warning, where the server would refuse them; `strict` is the opposite.',
  ],
  ['X-Request-Id', 'Comes back as it was sent, and stands in the log beside errors. So does `X-Correlation-Id`.'],
])}
<h2 id="conditional">Conditional writes</h2>
<p>Search criteria may take the place of an id: <code>PUT</code> and <code>PATCH</code> on <code>Patient?identifier=…</code> act on
the one resource that matches, as does <code>DELETE</code>; several matches are refused with 412. With the setting
<code>CONDITIONAL_DELETE=multiple</code> a <code>DELETE</code> takes all that match, fewer than 1,000 resources, or none, and
<code>Prefer: return=OperationOutcome</code> tells how many there were. The capability statement says what this server does.
Parameters such as <code>_count</code>, which shape what a search returns, are refused in criteria. Of any number of equal conditional creates at the same moment exactly one creates; the others are
answered with what it made.</p>
${sampleFigure(samples.createOnce, context)}
<h2 id="versions">Versions</h2>
<p>Every change makes a new version; a deletion is one too. Earlier versions stay readable at
<code>_history/2</code>, and a deleted resource answers 410. A history takes <code>_since</code>, <code>_at</code>,
<code>_list</code>, <code>_count</code> and <code>_sort=_lastUpdated</code>.</p>
${sampleFigure(samples.history, context)}
<h2 id="binary">Files</h2>
<p>Send any content type to <code>Binary</code>, with <code>X-Security-Context</code> to name the resource that decides who may
see it. Reading answers with the file itself, unless <code>Accept</code> asks for a FHIR type.</p>
<h2 id="exactness">Exactness</h2>
<p>Numbers keep their digits: <code>1.00</code> stays <code>1.00</code>. Duplicate keys, unknown elements, NUL characters and more
than 64 levels of nesting are refused, so that what is stored is what was meant.</p>`,
}

const about: Readonly<Record<string, string>> = {
  read: 'The current version',
  vread: 'A version',
  create: 'Store under a new id',
  update: 'Store under this id, new or not',
  patch: 'Change some elements',
  delete: 'Delete; the history stays',
  'search-type': 'Search one type',
  'search-system': 'Search several types, named with _type',
  'search-compartment': 'Search what belongs to one resource',
  'history-instance': 'All versions of a resource',
  'history-type': 'All versions of a type',
  'history-system': 'All versions',
  capabilities: 'What this server offers',
  transaction: 'Several requests, all or none; or a batch of independent ones',
  batch: 'Several independent requests',
}

/** Without an id, search criteria say which resource is meant. */
const aboutConditional: Readonly<Record<string, string>> = {
  update: 'Store as the one that matches, or as a new one',
  patch: 'Change the one that matches',
  delete: 'Delete the one that matches, or all that do, as the server is set',
}

function interactionTable(): Html {
  const rows = interactions.map(
    ({ code, method, path }) =>
      html`<tr><td><code>${method} /fhir${path === '' ? '' : `/${path.replace(/:(\w+)/g, '{$1}')}`}</code></td><td>${(path.includes(':id') ? undefined : aboutConditional[code]) ?? about[code] ?? code}</td></tr>`,
  )
  return html`<table><thead><tr><th scope="col">Request</th><th scope="col">Answer</th></tr></thead><tbody>${rows}</tbody></table>`
}

/** Terms and what they mean. */
export function definitions(rows: readonly (readonly [string, string])[]): Html {
  return html`<dl class="terms">${rows.map(([term, meaning]) => html`<div><dt><code>${term}</code></dt><dd>${sentence(meaning)}</dd></div>`)}</dl>`
}
