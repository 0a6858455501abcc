/** What all pages have around their content. */
import { type Html, type HtmlValue, html } from './html.ts'

export interface Page {
  /** The page's `h1` too. */
  readonly title: string
  /** The path of the page: its link in the navigation is marked. */
  readonly path: string
  readonly main: HtmlValue
  /** Scripts of our own, by their URLs. */
  readonly scripts?: readonly string[]
}

const links = [
  { path: '/docs', text: 'Documentation' },
  { path: '/docs/console', text: 'Console' },
  { path: '/fhir/metadata', text: 'Capabilities' },
]

/** A whole document. */
export function layout({ title, path, main, scripts = [] }: Page, styleUrl: string): string {
  const name = path === '/' ? title : `${title} – Candela`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}</title>
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${styleUrl}">
${scripts.map((url) => html`<script src="${url}" defer></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">${flame}<span>Candela</span></a>
<nav class="site" aria-label="Site"><ul>
${links.map((link) => html`<li><a href="${link.path}"${link.path === path && html` aria-current="page"`}>${link.text}</a></li>`)}
</ul></nav>
</header>
${main}
<footer class="foot"><p>Candela, a FHIR R4 server. <a href="/docs">Help and documentation</a></p></footer>
</body>
</html>
`.html
}

/** The product's sign. */
export const flame: Html = html`<svg viewBox="0 0 32 32" class="sign" aria-hidden="true" focusable="false"><path class="flame" d="M16 2c1 6 8 9 8 17a8 8 0 0 1-16 0c0-4 2-6 4-9 1 2 1 3 2 4 2-3 3-7 2-12z"/><path class="wick" d="M16 17c2 3 3 4 3 6a3 3 0 0 1-6 0c0-2 1-3 3-6z"/></svg>`
