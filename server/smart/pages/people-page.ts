/** Who acts for whom. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface ProxyView {
  readonly number: string
  /** Of the other one. */
  readonly name: string
  /** From when to when. */
  readonly facts: string
  /** What ending it is called; undefined where it has ended, or others end it. */
  readonly stop: string | undefined
}

export interface PeopleView {
  readonly forOthers: readonly ProxyView[]
  readonly forOneself: readonly ProxyView[]
  readonly note?: string | undefined
  /** From which children decide for themselves. */
  readonly age: number
}

export function peoplePage({ forOthers, forOneself, note, age }: PeopleView, texts: Texts): PersonPage {
  const { people, security } = texts
  return {
    title: people.title,
    main: (form) => html`<div class="sheet"><h1>${people.title}</h1>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<h2>${people.forOthers}</h2>
${list(forOthers, people.forOthersNone, form, texts)}
${forOthers.length > 0 && html`<p class="hint">${fill(people.minor, { age })}</p>`}
<h2>${people.forYou}</h2>
${list(forOneself, people.forYouNone, form, texts)}
<p class="foot-note"><a href="/auth/invitation">${security.useInvitation}</a></p>
<p class="foot-note"><a href="/auth/account">${security.back}</a></p></div>`,
  }
}

function list(proxies: readonly ProxyView[], none: string, form: PageForm, { people }: Texts): Html {
  if (proxies.length === 0) return html`<p>${none}</p>`
  return html`<ul class="apps">${proxies.map(
    ({ number, name, facts, stop }) => html`<li class="card"><div><strong>${name}</strong><p class="quiet">${facts}</p>
${
  stop !== undefined &&
  html`<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="button quiet" name="stop" value="${number}" aria-label="${stop}">${people.stop}</button></form>`
}</div></li>`,
  )}</ul>`
}
