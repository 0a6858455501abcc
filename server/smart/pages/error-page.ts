/** What is wrong, for people. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
import { type Html, html } from '../../http/pages/html.ts'
import type { SmartReply } from '../exchange.ts'
import type { OAuthError } from '../oauth-error.ts'
import { fill } from './fill.ts'
import type { Language } from './language.ts'
import { textsIn } from './texts.ts'

/** The description is in English: it is for the makers of the app. `back`: where the person may go on, if they like. */
export function errorPage({ status, code, message }: OAuthError, language: Language, back?: string): SmartReply {
  const { trouble } = textsIn[language]
  return {
    status: code === 'access_denied' ? 403 : status === 401 ? 400 : status,
    page: {
      title: trouble.title,
      language,
      main: html`<div class="sheet"><h1>${trouble.title}</h1><p>${trouble.tell}</p>
<dl class="trouble"><dt>${trouble.code}</dt><dd><code>${code}</code></dd><dd lang="en">${message}</dd></dl>
${back !== undefined && wayBack(back, language)}</div>`,
    },
  }
}

/** Names the place: who registered the app chose its name. */
function wayBack(back: string, language: Language): Html {
  const { trouble } = textsIn[language]
  const { host, protocol } = new URL(back)
  return html`<p>${trouble.unreviewed}</p><p><a class="button quiet" rel="noreferrer" href="${back}">${fill(trouble.back, { host: host || protocol })}</a></p>`
}
