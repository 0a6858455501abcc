/** What the pages of accounts and sign-in have around their content: one column, nothing that leads astray. */
import { type Html, html } from '../../http/pages/html.ts'
import { flame } from '../../http/pages/layout.ts'
import { type Language, languageNames, languages } from './language.ts'
import { type SignedIn, signedInBar } from './signed-in.ts'
import { type Texts, textsIn } from './texts.ts'

/** A page that is drawn once it is known what its forms send along. */
export interface PersonPage {
  /** The page's `h1` too. */
  readonly title: string
  readonly main: (form: PageForm) => Html
  /** 200 where it is absent: a form that was refused is shown again with another one. */
  readonly status?: number
  /** Scripts of our own, by their URLs. All works without them. */
  readonly scripts?: readonly string[]
  /** Where its forms may end up, besides our own pages: origins, with spaces between. */
  readonly formTarget?: string
}

/** Where the forms of a page lead, and what they send along. */
export interface PageForm {
  readonly action: string
  readonly hidden: Readonly<Record<string, string>>
}

/** What is around the content of a page. */
export interface PageFrame {
  readonly title: string
  readonly main: Html
  readonly language: Language
  /** Whose pages they are. */
  readonly practice: string
  /** Style sheets by their URLs. */
  readonly styles: readonly string[]
  readonly scripts?: readonly string[]
  /** The path of this page: after the language was changed it is shown again. */
  readonly here?: string | undefined
  /** Absent where nobody is, or something else is to be decided first. */
  readonly signedIn?: SignedIn | undefined
}

/** Of a page that tells these faults. https://www.rfc-editor.org/rfc/rfc9110#name-422-unprocessable-content */
export function statusOf(faults: readonly unknown[]): number {
  return faults.length > 0 ? 422 : 200
}

export const languagePath = '/auth/language'
export const helpPath = '/auth/help'

/** A whole document. */
export function personDocument(frame: PageFrame): string {
  const { title, main, language, practice, styles, scripts = [], here, signedIn } = frame
  const texts = textsIn[language]
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title === practice ? title : `${title} – ${practice}`}</title>
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
${styles.map((url) => html`<link rel="stylesheet" href="${url}">`)}
${scripts.map((url) => html`<script src="${url}" type="module"></script>`)}
</head>
<body class="person">
<a class="skip" href="#main">${texts.skip}</a>
<header class="top"><span class="brand">${flame}<span>${practice}</span></span>${here !== undefined && languageForm(language, texts, here)}${signedIn && signedInBar(signedIn, here, texts)}</header>
<main id="main" tabindex="-1">${main}</main>
<footer class="foot"><p>${texts.emergency}</p>${signedIn && html`<p>${texts.zone}</p>`}<p><a href="${helpPath}">${texts.help}</a></p></footer>
</body>
</html>
`.html
}

function languageForm(language: Language, texts: Texts, here: string): Html {
  const others = languages.filter((one) => one !== language)
  return html`<form class="languages" method="post" action="${languagePath}" aria-label="${texts.language}">${hidden('back', here)}
${others.map((one) => html`<button class="plain" name="language" value="${one}" lang="${one}">${languageNames[one]}</button>`)}
</form>`
}

/** What every form of a page sends along. */
export function hiddenFields({ hidden: fields }: PageForm): Html {
  return html`${Object.entries(fields).map(([name, value]) => hidden(name, value))}`
}

function hidden(name: string, value: string): Html {
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
<input class="input" id="${name}" name="${name}" type="${type}" autocomplete="${rest.autocomplete}" required autocapitalize="none" spellcheck="false"${[
    attribute('inputmode', rest.inputmode),
    attribute('value', value),
    attribute('aria-describedby', described || undefined),
    error !== undefined && html` aria-invalid="true"`,
    rest.focused === true && html` autofocus`,
  ]}></div>`
}

function attribute(name: string, value: string | undefined): Html | false {
  return value !== undefined && html` ${name}="${value}"`
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
