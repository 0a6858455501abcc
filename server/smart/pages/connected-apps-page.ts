/** The apps that a person lets in. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface ConnectedApp {
  /** The number of the grant. */
  readonly grant: string
  readonly name: string
  /** Whose record. */
  readonly patient?: string | undefined
  /** Dates in words. */
  readonly since: string
  readonly used: string
  /** What it may do, each in words. */
  readonly may: readonly string[]
}

export interface ConnectedAppsView {
  readonly apps: readonly ConnectedApp[]
  /** The name of one that was just stopped. */
  readonly stopped?: string | undefined
}

export function connectedAppsPage({ apps, stopped }: ConnectedAppsView, texts: Texts): PersonPage {
  const words = texts.apps
  return {
    title: words.title,
    main: (form) => html`<div class="sheet"><h1>${words.title}</h1>
${stopped !== undefined && html`<p class="note" role="status">${fill(words.stopped, { app: stopped })}</p>`}
<p>${apps.length > 0 ? words.lead : words.none}</p>
<ul class="apps">${apps.map((app) => appItem(app, form, texts))}</ul>
<p><a href="/auth/account">${texts.account.title}</a></p></div>`,
  }
}

function appItem({ grant, name, patient, since, used, may }: ConnectedApp, form: PageForm, texts: Texts): Html {
  const { apps, consent } = texts
  const facts = [
    ...(patient === undefined ? [] : [fill(apps.ofPatient, { name: patient })]),
    fill(apps.since, { date: since }),
    fill(apps.lastUsed, { date: used }),
  ]
  return html`<li class="card"><div><h2>${name}</h2><p class="quiet">${facts.join(' · ')}</p>
${may.length > 0 && html`<details><summary>${consent.what}</summary><ul>${may.map((one) => html`<li>${one}</li>`)}</ul></details>`}
<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="button quiet" name="stop" value="${grant}">${apps.stop}<span class="away"> ${name}</span></button></form></div></li>`
}
