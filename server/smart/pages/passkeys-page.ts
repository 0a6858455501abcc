/** The passkeys of an account, and making one. */
import { html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PersonPage, textField } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface PasskeyView {
  readonly id: string
  readonly name: string
  /** Dates in words. */
  readonly since: string
  readonly used: string | undefined
}

export interface PasskeysView {
  readonly passkeys: readonly PasskeyView[]
  readonly note?: string | undefined
  readonly addPath: string
}

export function passkeysPage({ passkeys, note, addPath }: PasskeysView, texts: Texts): PersonPage {
  const { passkeys: words, security } = texts
  return {
    title: words.title,
    main: (form) => html`<div class="sheet"><h1>${words.title}</h1>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<p>${passkeys.length === 0 ? words.none : ''} ${words.lead}</p>
<ul class="apps">${passkeys.map(
      ({ id, name, since, used }) => html`<li class="card"><div><strong>${name}</strong>
<p class="quiet">${[fill(words.since, { date: since }), ...(used === undefined ? [] : [fill(words.used, { date: used })])].join(' · ')}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="button quiet" name="remove" value="${id}" aria-label="${words.remove}: ${name}">${words.remove}</button></form></div></li>`,
    )}</ul>
<p class="actions"><a class="button" href="${addPath}">${words.add}</a></p>
<p class="foot-note"><a href="/auth/account">${security.back}</a></p></div>`,
  }
}

export interface MakePasskeyView {
  /** What the browser makes it with, in JSON. */
  readonly options: string
  readonly script: string
}

export function makePasskeyPage({ options, script }: MakePasskeyView, texts: Texts): PersonPage {
  const { passkeys } = texts
  return {
    title: passkeys.add,
    scripts: [script],
    main: (form) => html`<div class="sheet"><h1>${passkeys.add}</h1>
<p class="error" id="passkey-trouble" role="alert"></p>
<form method="post" action="${form.action}">${hiddenFields(form)}
${textField({ name: 'name', label: passkeys.name, hint: passkeys.nameHint, autocomplete: 'off', focused: true })}
<p class="note caution" id="passkey-needs">${passkeys.needsScript}</p>
<p class="actions"><button class="button" type="button" id="make-passkey" data-options="${options}" data-trouble="${passkeys.failed}" hidden>${passkeys.add}</button></p></form>
<p class="foot-note"><a href="/auth/account/passkeys">${texts.back}</a></p></div>`,
  }
}
