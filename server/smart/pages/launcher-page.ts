/** Where people begin: the apps that they may open. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { searchField } from './patient-page.ts'
import { errorSummary, hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import { type CardOption, radioCards } from './radio-cards.ts'
import type { Texts } from './texts.ts'

export interface LauncherView {
  readonly name: string
  readonly apps: readonly { readonly id: string; readonly name: string }[]
  /** Whose record an app may be opened with. */
  readonly people: readonly CardOption[]
  /** What staff looked for; absent for patients and guardians, who have a list. */
  readonly search?: string | undefined
  /** The visits of the patient who was chosen, the newest first; absent while nobody asked for them. */
  readonly visits?: readonly CardOption[] | undefined
  /** What is wrong with what was chosen. */
  readonly problem?: string | undefined
  /** The FHIR base. */
  readonly base: string
}

export function launcherPage(view: LauncherView, texts: Texts): PersonPage {
  const { launcher, patient } = texts
  const { search, people, apps } = view
  return {
    title: fill(launcher.title, { name: view.name }),
    status: view.problem === undefined ? 200 : 422,
    main: (form) => html`<div class="sheet wide"><h1>${fill(launcher.title, { name: view.name })}</h1>
${errorSummary(texts, view.problem === undefined ? [] : [{ text: view.problem }])}
<p>${apps.length > 0 ? launcher.lead : launcher.none}</p>
${search !== undefined && apps.length > 0 && html`<form method="post" action="${form.action}" role="search">${hiddenFields(form)}${searchField(search, texts)}</form>`}
${search !== undefined && search !== '' && people.length === 0 && html`<p class="note" role="status">${patient.none}</p>`}
${apps.length > 0 && appForm(view, form, texts)}
<p class="links"><a href="/auth/account">${launcher.account}</a> <a href="/auth/apps">${launcher.connected}</a></p>
${developerLinks(view.base, texts)}</div>`,
  }
}

function appForm(view: LauncherView, form: PageForm, texts: Texts): Html {
  const { apps, people } = view
  const { launcher } = texts
  const [only, ...others] = people
  return html`<form method="post" action="${form.action}">${hiddenFields(form)}
${people.length > 0 && html`<h2>${launcher.whose}</h2>${radioCards('patient', launcher.whose, people, others.length === 0 ? only!.id : undefined)}`}
${view.search !== undefined && people.length > 0 && visitChoice(view, texts)}
<h2>${launcher.apps}</h2>
<ul class="tiles">${apps.map(
    ({ id, name }) =>
      html`<li><button class="tile" name="app" value="${id}"><span class="away">${fill(launcher.open, { app: '' })}</span>${name}</button></li>`,
  )}</ul></form>`
}

/** For staff: with a visit, where the app is to work on one. */
function visitChoice({ visits }: LauncherView, { launcher, visit }: Texts): Html {
  if (visits === undefined) {
    return html`<p class="actions"><button class="button quiet" name="do" value="visits">${launcher.chooseVisit}</button></p>`
  }
  if (visits.length === 0) return html`<p class="note" role="status">${launcher.noVisits}</p>`
  const none = { id: '', title: launcher.withoutVisit, facts: [] }
  return html`<h2>${visit.title}</h2>${radioCards('encounter', visit.title, [...visits, none], visits[0]!.id)}`
}

/** Before anybody has signed in. */
export function welcomePage({ base }: Pick<LauncherView, 'base'>, practice: string, texts: Texts): PersonPage {
  const { launcher, signIn } = texts
  return {
    title: practice,
    main: () => html`<div class="sheet"><h1>${practice}</h1><p>${launcher.outLead}</p>
<p class="actions"><a class="button" href="/auth/sign-in?next=/">${signIn.submit}</a></p>
${developerLinks(base, texts)}</div>`,
  }
}

function developerLinks(base: string, { launcher }: Texts): Html {
  return html`<section class="developers" aria-labelledby="developers"><h2 id="developers">${launcher.developers}</h2>
<p><span id="base">${launcher.base}</span> <code aria-labelledby="base">${base}</code></p>
<ul><li><a href="/docs">${launcher.docs}</a></li><li><a href="/docs/console">${launcher.console}</a></li>
<li><a href="/fhir/metadata">${launcher.capabilities}</a></li>
<li><a href="/fhir/.well-known/smart-configuration">${launcher.discovery}</a></li></ul></section>`
}
