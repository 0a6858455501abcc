/** What is wrong, for people. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
import { html } from '../../http/pages/html.ts'
import type { SmartReply } from '../exchange.ts'
import type { OAuthError } from '../oauth-error.ts'
import type { Language } from './language.ts'
import { textsIn } from './texts.ts'

/** The description is in English: it is for the makers of the app. */
export function errorPage({ status, code, message }: OAuthError, language: Language): SmartReply {
  const { trouble } = textsIn[language]
  return {
    status: code === 'access_denied' ? 403 : status === 401 ? 400 : status,
    page: {
      title: trouble.title,
      language,
      main: html`<div class="sheet"><h1>${trouble.title}</h1><p>${trouble.tell}</p>
<dl class="trouble"><dt>${trouble.code}</dt><dd><code>${code}</code></dd><dd lang="en">${message}</dd></dl></div>`,
    },
  }
}
