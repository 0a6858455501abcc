/** What the pages of accounts and sign-in have around their content: one column, nothing that leads astray. */
import { type Html, type HtmlValue, html } from '../../http/pages/html.ts'
import { flame } from '../../http/pages/layout.ts'
import { type Language, languageNames, languages } from './language.ts'
import { type Texts, textsIn } from './texts.ts'

export interface PersonPage {
  /** The page's `h1` too. */
  readonly title: string
  readonly main: HtmlValue
  /** Scripts of our own, by their URLs. All works without them. */
  readonly scripts?: readonly string[]
}

/** What every page of a request shares. */
export interface PageFrame {
  readonly language: Language
  readonly texts: Texts
  /** Style sheets by their URLs. */
  readonly styles: readonly string[]
  /** Where the language is changed: posts `language` and comes back. */
  readonly languageAction: string
  /** Proves that a form comes from one of our pages. */
  readonly csrf: string
  /** What belongs to the pending request, posted along: a name and its value. */
  readonly pending?: string
}

export function pageFrame(language: Language, rest: Omit<PageFrame, 'language' | 'texts'>): PageFrame {
  return { language, texts: textsIn[language], ...rest }
}

/** A whole document. */
export function personDocument({ title, main, scripts = [] }: PersonPage, frame: PageFrame): string {
  const { language, texts, styles } = frame
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title} – Candela</title>
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
${styles.map((url) => html`<link rel="stylesheet" href="${url}">`)}
${scripts.map((url) => html`<script src="${url}" type="module"></script>`)}
</head>
<body class="person">
<a class="skip" href="#main">${texts.skip}</a>
<header class="top"><span class="brand">${flame}<span>Candela</span></span>${languageForm(frame)}</header>
<main id="main" tabindex="-1">${main}</main>
<footer class="foot"><p>${texts.emergency}</p><p><a href="/docs/sign-in">${texts.help}</a></p></footer>
</body>
</html>
`.html
}

function languageForm({ language, texts, languageAction, csrf, pending }: PageFrame): Html {
  const others = languages.filter((one) => one !== language)
  return html`<form class="languages" method="post" action="${languageAction}" aria-label="${texts.language}">
${hidden('csrf', csrf)}${pending !== undefined && hidden('pending', pending)}
${others.map((one) => html`<button class="plain" name="language" value="${one}" lang="${one}">${languageNames[one]}</button>`)}
</form>`
}

/** The fields that every form posts. */
export function ownFields({ csrf, pending }: PageFrame): Html {
  return html`${hidden('csrf', csrf)}${pending !== undefined && hidden('pending', pending)}`
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: string
  readonly hint?: string | undefined
  readonly error?: string | undefined
  readonly value?: string | undefined
  readonly autocomplete: string
  readonly inputmode?: string
  readonly focused?: boolean
}

/** A labelled input; its hint and its fault are read out with it. */
export function textField({ name, label, type = 'text', hint, error, value, ...rest }: Field): Html {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter((id) => id).join(' ')
  return html`<div class="field"><label for="${name}">${label}</label>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${error !== undefined && html`<p class="error" id="${name}-error">${error}</p>`}
<input class="input" id="${name}" name="${name}" type="${type}" autocomplete="${rest.autocomplete}" required autocapitalize="none" spellcheck="false"
${rest.inputmode !== undefined && html`inputmode="${rest.inputmode}"`} ${value !== undefined && html`value="${value}"`}
${described !== '' && html`aria-describedby="${described}"`} ${error !== undefined && html`aria-invalid="true"`}
${rest.focused === true && html`autofocus`}></div>`
}

/** What is wrong, at the top: read out at once, with links to the fields. */
export function errorSummary(
  texts: Texts,
  faults: readonly { readonly field?: string; readonly text: string }[],
): Html {
  if (faults.length === 0) return html``
  return html`<div class="summary" role="alert" tabindex="-1"><h2>${texts.errorSummary}</h2><ul>
${faults.map(({ field, text }) => html`<li>${field === undefined ? text : html`<a href="#${field}">${text}</a>`}</li>`)}</ul></div>`
}
