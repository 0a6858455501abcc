/** What is wrong, for people. */
import { html } from '../../http/pages/html.ts'
import type { SmartReply } from '../exchange.ts'
import type { OAuthError } from '../oauth-error.ts'

export function errorPage({ status, code, message }: OAuthError): SmartReply {
  return {
    status: code === 'access_denied' ? 403 : status === 401 ? 400 : status,
    page: {
      title: 'The app cannot be opened',
      main: html`<main id="main" class="sign-in"><h1>The app cannot be opened</h1>
<p>${message}</p>
<p>For the developers of the app: <code>${code}</code></p></main>`,
    },
  }
}
