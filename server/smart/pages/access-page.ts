/** Who looked at a record: by day, who, with which app, at what, and why. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import type { PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface AccessView {
  /** Whose record: a name; undefined where there is none. */
  readonly name?: string | undefined
  readonly isOwn: boolean
  /** Of those whose records the person may see. */
  readonly records: readonly { readonly value: string; readonly name: string; readonly chosen: boolean }[]
  /** `2026-05-01`. */
  readonly from: string
  readonly to: string
  readonly days: readonly AccessDay[]
  /** More is being added. */
  readonly isBehind: boolean
  /** Links to other parts of the list. */
  readonly older?: string | undefined
  readonly newest?: string | undefined
}

export interface AccessDay {
  /** In words. */
  readonly day: string
  readonly entries: readonly AccessItem[]
}

/** All in words. */
export interface AccessItem {
  readonly who: string
  readonly roles: string
  readonly app?: string | undefined
  readonly when: string
  readonly deeds: readonly string[]
  readonly why?: string | undefined
  readonly isEmergency: boolean
  /** Absent for what the person did themselves. */
  readonly question?: string | undefined
}

export function accessPage(view: AccessView, texts: Texts): PersonPage {
  const { access } = texts
  const title = view.isOwn || view.name === undefined ? access.title : fill(access.titleOf, { name: view.name })
  return {
    title,
    main: (form) => html`<div class="sheet"><h1>${title}</h1>
${view.name === undefined ? html`<p>${access.noRecord}</p>` : html`<p>${access.lead}</p>${filters(view, form.action, texts)}${list(view, texts)}`}
<p><a href="/auth/account">${texts.account.title}</a></p></div>`,
  }
}

function filters({ records, from, to }: AccessView, action: string, { access }: Texts): Html {
  return html`<form method="get" action="${action}">
${
  records.length > 1 &&
  html`<div class="field"><label for="record">${access.record}</label><select class="input" id="record" name="record">
${records.map(({ value, name, chosen }) => html`<option value="${value}"${chosen && html` selected`}>${name}</option>`)}</select></div>`
}
<div class="pair">${day('from', access.from, from)}${day('to', access.to, to)}</div>
<p class="actions"><button class="button quiet" type="submit">${access.show}</button></p></form>`
}

function day(name: string, label: string, value: string): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<input class="input" type="date" id="${name}" name="${name}" value="${value}"></div>`
}

function list({ days, isBehind, older, newest }: AccessView, { access }: Texts): Html {
  const links = [
    newest !== undefined && html`<a href="${newest}">${access.newest}</a>`,
    older !== undefined && html`<a href="${older}">${access.older}</a>`,
  ]
  return html`${isBehind && html`<p class="note" role="status">${access.behind}</p>`}
${days.length === 0 && html`<p>${access.none}</p>`}
${days.map(({ day: date, entries }) => html`<h2>${date}</h2><ul class="apps">${entries.map((entry) => item(entry, access))}</ul>`)}
${links.some(Boolean) && html`<p class="aside">${links[0]} ${links[1]}</p>`}`
}

/** What was done, for the list and for the page that questions it. */
export function accessFacts({ roles, app, when, deeds, why, isEmergency }: AccessItem, access: Texts['access']): Html {
  const facts = [roles, app, when].filter((fact) => fact !== undefined && fact !== '')
  return html`<p class="quiet">${facts.join(' · ')}</p>
${isEmergency && html`<p class="note caution"><strong>${access.emergency}.</strong> ${access.emergencyLead}</p>`}
<ul>${deeds.map((deed) => html`<li>${deed}</li>`)}</ul>
${why !== undefined && html`<p>${why}</p>`}`
}

function item(entry: AccessItem, access: Texts['access']): Html {
  const { who, when, question } = entry
  return html`<li class="card"><div><h3>${who}</h3>${accessFacts(entry, access)}
${question !== undefined && html`<p class="aside"><a href="${question}">${access.question.link}<span class="away"> ${who}, ${when}</span></a></p>`}</div></li>`
}
