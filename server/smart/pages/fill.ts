/** Puts values into texts. */
import { type Html, type HtmlValue, html } from '../../http/pages/html.ts'

/** `{app}` in a text becomes a value. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The same with values that are HTML, such as a name that stands out. */
export function fillHtml(text: string, values: Readonly<Record<string, HtmlValue>>): Html {
  return html`${text.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    return name !== undefined && name in values ? values[name] : part
  })}`
}
