import { html } from '../html.ts'
import { sampleFigure, samples } from '../samples.ts'
import type { Document } from './document.ts'
import { definitions } from './rest.ts'

/** Searching, from a single value to chains and explanations. */
export const search: Document = {
  path: '/docs/search',
  name: 'Search',
  title: 'Search',
  content: (context) => html`
<p class="lead">All standard search parameters of every type work, alone and together. The
<a href="/fhir/metadata">capability statement</a> lists them.</p>
<p>A parameter that does not exist is refused with the nearest name that does: a slip of the pen never returns everything.
<code>Prefer: handling=lenient</code> turns the refusal into a warning. Repeated parameters must all hold; values after a comma
are alternatives.</p>
${sampleFigure(samples.search, context)}
${sampleFigure(samples.postSearch, context)}
<h2 id="values">Values</h2>
${definitions([
  ['birthdate=1984', 'Dates count with their precision: any day of 1984.'],
  [
    'date=ge2026-01-01',
    'Prefixes compare dates, numbers and quantities: `eq` `ne` `gt` `lt` `ge` `le` `sa` (starts after) `eb` (ends before) `ap` (about).',
  ],
  [
    'code=http://loinc.org|8867-4',
    'A token with its system; `|8867-4` without any, `http://loinc.org|` any of the system, `8867-4` whatever the system.',
  ],
  [
    'value-quantity=5.4|http://unitsofmeasure.org|mg',
    'Quantities are compared in canonical units: 5.4 mg finds 0.0054 g.',
  ],
  ['name=riv', 'Strings match the beginning of a name, whatever the case and accents; `:contains` matches anywhere.'],
  ['subject=Patient/1', 'References: with their type, as a bare id, or as an absolute URL.'],
  ['code-value-quantity=8867-4$gt60', 'Composite parameters: both parts in the same place.'],
  ['near=42.36|-71.06|10|km', 'Locations within a distance.'],
  [String.raw`name=Smith\, Jr`, 'A backslash before `,` `$` `|` or itself takes it literally.'],
])}
<h2 id="modifiers">Modifiers</h2>
${definitions([
  [':exact', 'The whole string, with case and accents.'],
  [':contains', 'Anywhere in the string.'],
  [':text', 'The words of a code, as shown to people, from their beginning.'],
  [':not', 'Everything without this code, also where there is none.'],
  [':missing=true', 'Where there is no value; `false` where there is one.'],
  [':in, :not-in', 'Codes of a value set.'],
  [
    ':above, :below',
    'Codes and URLs higher or lower in their hierarchy; references to what is part of something, as in `location:below=Location/1`; versions of a canonical, as in `questionnaire:below=http://example.org/q|2`.',
  ],
  [':of-type', 'Identifiers by system, code of their type, and value.'],
  [':identifier', 'References that carry an identifier.'],
  [':Patient', 'References to this type only.'],
])}
<h2 id="chains">Across references</h2>
${sampleFigure(samples.chain, context)}
${sampleFigure(samples.has, context)}
<p>Chains may be of any length, and <code>_has</code> may be nested. Canonicals, such as the questionnaire of a response, are
followed by url and version.</p>
${sampleFigure(samples.include, context)}
<p><code>_include</code> follows references from the matches, <code>_revinclude</code> those that point at them;
<code>:iterate</code> goes on from what was included, <code>*</code> takes every reference.</p>
<h2 id="all">For all types</h2>
<p><code>_id</code> <code>_lastUpdated</code> <code>_profile</code> <code>_tag</code> <code>_security</code> <code>_source</code>
<code>_list</code> <code>_text</code> <code>_content</code> <code>_filter</code> <code>_contained</code> and, without a type in the path,
<code>_type</code>. <code>/Patient/1/Observation</code> searches what belongs to a patient, <code>/Patient/1/*</code> all of it.</p>
<h2 id="paging">Pages, order, totals</h2>
${definitions([
  ['_count=50', 'Entries on a page: 20 unless asked, at most 1,000. `0` asks for the total alone.'],
  ['_sort=-date,code', 'Any parameter, several of them; a minus turns the order round.'],
  [
    '_total=accurate',
    'Counts all matches; `estimate` asks the database’s statistics. Otherwise nothing is counted, and pages come at once.',
  ],
])}
<p>Follow the links <code>next</code> and <code>previous</code>; do not build them yourself. They are places in the order and not
numbers of pages: while others write, no entry is skipped or seen twice unless
what it is sorted by changes, and the hundredth page is as quick as the first.</p>
${sampleFigure(samples.count, context)}
<p>One search takes at most 100 parameters, 20 keys in <code>_sort</code>, 2,000 values in a parameter (10,000 identifiers,
codes or references) and 200 conditions in <code>_filter</code>; a page has at most 128 MB of resources.</p>
<h2 id="explain">Why is it slow, why is it empty</h2>
<p><code>_explain=true</code> adds an OperationOutcome to the page: how the query was read, the statement it became, the index that
was used and the rows that were visited.</p>
${sampleFigure(samples.explain, context)}
<h2 id="custom">Parameters of your own</h2>
<p>Store a <code>SearchParameter</code> of any type, for one resource type or several, then call <code>$reindex</code>. What is
written from then on has the new parameter; what was stored before gets it in the background. Reads and writes go on
meanwhile, in all server processes, and none needs a restart.</p>
${sampleFigure(samples.searchParameter, context)}
${sampleFigure(samples.reindex, context)}
${sampleFigure(samples.customSearch, context)}
<p>It can be chained, sorted by, included and tested for <code>:missing</code>, and the capability statement lists it. A
search that comes too early is told to call <code>$reindex</code>, or to wait until it is done.</p>
${definitions([
  [
    '$reindex',
    'All SearchParameters that are new, changed or gone. Answers 202 at once; `Content-Location` leads to `$reindex-status`, `wait=true` waits instead.',
  ],
  ['$reindex-status', 'How many resources are done, how many there are, and the seconds that are left.'],
  [
    'npx candela reindex',
    'The same from the command line, beside running servers, with a bar that shows how far it is.',
  ],
])}
<p>A changed definition takes effect with the next <code>$reindex</code>, as does deleting or retiring one; until then the
earlier definition serves. When a server ends in the midst of it, another one or the same goes on where it was. A code of the
base specification can be taken over only by a parameter that says in <code>derivedFrom</code> which one it replaces. What
keeps a SearchParameter from being used, such as a mistyped element, is told by <code>$reindex</code> as
<a href="/docs/outcomes#unusable-parameter"><code>unusable-parameter</code></a>. So is an expression that takes too many steps
on some resource: the job fails, the parameter is not used, and a job that follows makes the others usable.</p>`,
}
