/** HTML as values: whatever is put into a template is escaped, unless it is HTML already. */

export interface Html {
  readonly html: string
}

export type HtmlValue = Html | string | number | undefined | false | readonly HtmlValue[]

/** A piece of HTML. Lists are joined; `undefined` and `false` leave nothing behind. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return { html: strings.reduce((text, part, i) => text + htmlText(values[i - 1]) + part) }
}

/** A sentence in which `` `code` `` stands between backticks. */
export function sentence(text: string): Html {
  return html`${text.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

function htmlText(value: HtmlValue): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return 'html' in value ? value.html : value.map(htmlText).join('')
}
