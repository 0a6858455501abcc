/** A narrative as a template; see `parseNarrative` for why it is safe. */
import { html, type TemplateResult } from 'lit'
import { isBlank, type NarrativeName, type NarrativeNode, parseNarrative } from './parse-narrative.ts'

type Content = readonly (string | TemplateResult)[]

const elements: Readonly<Record<NarrativeName, (content: Content) => TemplateResult>> = {
  p: (content) => html`<p>${content}</p>`,
  div: (content) => html`<div>${content}</div>`,
  br: () => html`<br />`,
  hr: () => html`<hr />`,
  pre: (content) => html`<pre>${content}</pre>`,
  blockquote: (content) => html`<blockquote>${content}</blockquote>`,
  heading: (content) => html`<p class="heading"><b>${content}</b></p>`,
  // Safari takes lists without marks for no lists; those in texts keep theirs.
  ul: (content) => html`<ul>${content}</ul>`,
  ol: (content) => html`<ol>${content}</ol>`,
  li: (content) => html`<li>${content}</li>`,
  dl: (content) => html`<dl>${content}</dl>`,
  dt: (content) => html`<dt>${content}</dt>`,
  dd: (content) => html`<dd>${content}</dd>`,
  b: (content) => html`<b>${content}</b>`,
  i: (content) => html`<i>${content}</i>`,
  sub: (content) => html`<sub>${content}</sub>`,
  sup: (content) => html`<sup>${content}</sup>`,
  table: (content) => html`<table>${content}</table>`,
  caption: (content) => html`<caption>${content}</caption>`,
  thead: (content) => html`<thead>${content}</thead>`,
  tbody: (content) => html`<tbody>${content}</tbody>`,
  tr: (content) => html`<tr>${content}</tr>`,
  th: (content) => html`<th>${content}</th>`,
  td: (content) => html`<td>${content}</td>`,
}

/** Undefined where there is nothing to read. */
export function narrativeText(source: string): TemplateResult | undefined {
  const nodes = parseNarrative(source)
  return isBlank(nodes) ? undefined : html`<div class="narrative">${contentOf(nodes)}</div>`
}

function contentOf(nodes: readonly NarrativeNode[]): Content {
  return nodes.map((node) => (typeof node === 'string' ? node : elements[node.name](contentOf(node.children))))
}
