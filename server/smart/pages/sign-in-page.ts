/** Where people sign in. */
import { type Html, html } from '../../http/pages/html.ts'
import type { AskingPage, FormFields } from '../authorize/state.ts'

export interface SignInFacts {
  readonly username?: string | undefined
  readonly refused?: boolean
  /** Seconds. */
  readonly later?: number
}

export function signInPage(app: string, { username, refused, later }: SignInFacts): AskingPage {
  return {
    title: 'Sign in',
    main: (fields) => html`<main id="main" class="sign-in"><h1>Sign in</h1>
<p>to go on to ${app}</p>
${refused && html`<p role="alert">The user name or the password is wrong.</p>`}
${later !== undefined && html`<p role="alert">There were too many attempts. Try again in ${Math.ceil(later / 60)} minutes.</p>`}
<form method="post" action="${fields.action}">${hiddenFields(fields)}
<p><label for="username">User name or e-mail address</label>
<input id="username" name="username" autocomplete="username" required value="${username ?? ''}"></p>
<p><label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p><button type="submit">Sign in</button></p></form></main>`,
  }
}

/** The second factor. */
export function codePage(app: string, ticket: string, wrong: boolean): AskingPage {
  return {
    title: 'Enter the code',
    main: (fields) => html`<main id="main" class="sign-in"><h1>Enter the code</h1>
<p>of your authenticator app, or a backup code, to go on to ${app}</p>
${wrong && html`<p role="alert">That code is wrong, or was used before.</p>`}
<form method="post" action="${fields.action}">${hiddenFields(fields)}
<input type="hidden" name="ticket" value="${ticket}">
<p><label for="otp">Code</label>
<input id="otp" name="otp" autocomplete="one-time-code" required></p>
<p><button type="submit">Go on</button></p></form></main>`,
  }
}

/** What every form sends along: it can be sent by its page alone. */
export function hiddenFields({ handle, step }: FormFields): Html {
  return html`<input type="hidden" name="request" value="${handle}"><input type="hidden" name="step" value="${step}">`
}
