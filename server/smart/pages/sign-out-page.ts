/** Before and after signing out. */
import { html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface AskSignOutView {
  readonly name: string
  /** What the app sent, which goes along. */
  readonly wish: Readonly<Record<string, string>>
}

export function askSignOutPage({ name, wish }: AskSignOutView, { signOut }: Texts): PersonPage {
  return {
    title: signOut.title,
    main: (form) => html`<div class="sheet"><h1>${signOut.title}</h1><p>${fill(signOut.lead, { name })}</p>
<form method="post" action="${form.action}">${hiddenFields({ ...form, hidden: { ...wish, ...form.hidden } })}
<div class="actions"><button class="button" name="do" value="sign-out">${signOut.submit}</button>
<button class="button quiet" name="do" value="stay">${signOut.stay}</button></div></form></div>`,
  }
}

export interface SignedOutView {
  /** Pages of apps that the browser loads, so that they sign out. */
  readonly frames: readonly string[]
  /** Where the app wants to go on. */
  readonly next: string | undefined
  readonly app: string | undefined
}

export function signedOutPage({ frames, next, app }: SignedOutView, { signOut }: Texts): PersonPage {
  return {
    title: signOut.done,
    main: () => html`<div class="sheet"><h1>${signOut.done}</h1><p role="status">${signOut.doneLead}</p>
${
  next === undefined
    ? html`<p><a href="/auth/sign-in">${signOut.again}</a></p>`
    : html`<p><a class="button" href="${next}">${fill(signOut.goOn, { app: app ?? '' })}</a></p>`
}
${frames.map((address) => html`<iframe src="${address}" title="${signOut.frame}" hidden></iframe>`)}</div>`,
  }
}
