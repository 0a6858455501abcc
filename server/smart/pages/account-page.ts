/** What a person can see and change of their own account. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface AccountView {
  readonly name: string
  readonly sessions: readonly SessionView[]
  readonly hasSecondFactor: boolean
  /** All others were just ended. */
  readonly ended?: boolean
}

export interface SessionView {
  readonly isHere: boolean
  /** What the browser is called. */
  readonly browser?: string | undefined
  /** Dates in words. */
  readonly seen: string
  readonly since: string
}

export function accountPage(view: AccountView, texts: Texts): PersonPage {
  const { account, apps } = texts
  return {
    title: account.title,
    main: (form) => html`<div class="sheet"><h1>${account.title}</h1>
${view.ended === true && html`<p class="note" role="status">${account.ended}</p>`}
<p>${fill(account.signedInAs, { name: view.name })}</p>
${button('sign-out', account.signOut, form)}
<h2>${apps.title}</h2><p><a href="/auth/apps">${apps.lead}</a></p>
<h2>${account.secondFactor}</h2>
<p>${view.hasSecondFactor ? account.secondFactorOn : account.secondFactorOff}</p>
${button('second-factor', view.hasSecondFactor ? account.renew : account.turnOn, form)}
<h2>${account.sessions}</h2>
<ul class="apps">${view.sessions.map((session) => sessionItem(session, texts))}</ul>
${view.sessions.length > 1 && button('sign-out-others', account.signOutEverywhere, form)}</div>`,
  }
}

function sessionItem({ isHere, browser, seen, since }: SessionView, { account }: Texts): Html {
  const title = isHere ? account.here : (browser ?? account.unknownBrowser)
  const facts = [
    isHere ? (browser ?? '') : '',
    fill(account.since, { date: since }),
    fill(account.seen, { date: seen }),
  ]
  return html`<li class="card"><div><strong>${title}</strong><p class="quiet">${facts.filter((fact) => fact !== '').join(' · ')}</p></div></li>`
}

function button(action: string, text: string, form: PageForm): Html {
  return html`<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="button quiet" name="do" value="${action}">${text}</button></form>`
}

/** `Firefox on Windows`, as far as the browser tells. */
export function browserInWords(userAgent: string | null): string | undefined {
  const name = browsers.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0]
  const system = systems.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0]
  return name === undefined ? undefined : system === undefined ? name : `${name}, ${system}`
}

/** The first that fits: most call themselves what came before them, too. */
const browsers = [
  ['Edge', /\bEdgA?\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS)\//],
  ['Safari', /\bSafari\//],
] as const
const systems = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['Mac', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
] as const
