/** Name and password, a passkey, or another provider. */
import { type Html, html } from '../../http/pages/html.ts'
import { withQuery } from '../exchange.ts'
import { fill } from './fill.ts'
import { errorSummary, hiddenFields, type PageForm, type PersonPage, textField } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface SignInView {
  /** The app that waits; undefined where somebody signs in for themselves. */
  readonly app?: string | undefined
  readonly username?: string | undefined
  readonly problem?: 'wrong' | 'wait' | 'ended' | undefined
  /** Why they are here again. */
  readonly note?: string
  /** How long to wait, in seconds. */
  readonly seconds?: number
  readonly providers: readonly { readonly name: string; readonly href: string }[]
  readonly registerHref?: string
  readonly forgotHref?: string
  /** The script that signs in with passkeys: it shows the button where the browser can. */
  readonly passkeyScript?: string
}

export function signInPage(view: SignInView, texts: Texts): PersonPage {
  const { signIn } = texts
  const { app, problem, username } = view
  const text = problem && fill(signIn[problem], { seconds: view.seconds ?? 0 })
  return {
    title: signIn.title,
    status: problem === undefined ? 200 : 422,
    ...(view.passkeyScript !== undefined && { scripts: [view.passkeyScript] }),
    main: (form) => html`<div class="sheet">
<h1>${signIn.title}${app !== undefined && html` <span class="sub">${fill(signIn.toContinue, { app })}</span>`}</h1>
${view.note !== undefined && html`<p class="note caution" role="status">${view.note}</p>`}
${text !== undefined && errorSummary(texts, [{ ...(problem !== 'ended' && { field: 'username' }), text }])}
<form method="post" action="${form.action}">${hiddenFields(form)}
${textField({ name: 'username', label: signIn.username, autocomplete: 'username webauthn', value: username, focused: username === undefined })}
${textField({ name: 'password', label: signIn.password, type: 'password', autocomplete: 'current-password', focused: username !== undefined })}
${view.forgotHref !== undefined && html`<p class="aside"><a href="${view.forgotHref}">${signIn.forgot}</a></p>`}
<p class="actions"><button class="button" type="submit">${signIn.submit}</button></p>
</form>
${(view.passkeyScript !== undefined || view.providers.length > 0) && otherWays(view, form, texts)}
${view.registerHref !== undefined && html`<p class="foot-note">${signIn.newHere} <a href="${view.registerHref}">${signIn.register}</a></p>`}
<p class="hint">${signIn.shared}</p></div>`,
  }
}

/** Where the person goes on afterwards is what the form goes on with. */
function otherWays({ passkeyScript, providers }: SignInView, { hidden }: PageForm, { signIn, passkeys }: Texts): Html {
  const request = hidden['request']
  const next = request === undefined ? hidden['next'] : withQuery('/auth/authorize/next', { request })
  return html`<div class="others"><p class="or"><span>${signIn.or}</span></p>
${passkeyScript !== undefined && html`<p class="actions"><button class="button quiet" type="button" id="passkey" data-options="/auth/passkey-options" data-trouble="${passkeys.failed}" hidden>${signIn.passkey}</button></p><p class="error" id="passkey-trouble" role="alert"></p>`}
${providers.map(({ name, href }) => html`<p class="actions"><a class="button quiet" href="${withQuery(href, { next })}">${fill(signIn.provider, { name })}</a></p>`)}</div>`
}
