/** What an app asks for, and what a person gives it. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill, fillHtml } from './fill.ts'
import { errorSummary, hiddenFields, type PersonPage } from './person-layout.ts'
import type { ScopeChoice } from './scope-choices.ts'
import type { Texts } from './texts.ts'

export interface ConsentView {
  readonly app: ConsentApp
  /** Whose record it is; absent where the app works with what the user may see. */
  readonly patient?: { readonly name: string; readonly born?: string | undefined } | undefined
  readonly choices: readonly ScopeChoice[]
  /** Values that are not ticked any more, after the form came back. */
  readonly cleared?: readonly string[]
  /** Who decides. */
  readonly person: string
  readonly asksIdentity: boolean
  readonly offline?: 'offline_access' | 'online_access' | undefined
  readonly context: readonly ('launch' | 'encounter')[]
  readonly isEmpty?: boolean
}

export interface ConsentApp {
  readonly name: string
  /** Of the address that the answer goes to. */
  readonly host: string
  readonly isReviewed: boolean
  readonly policyUri?: string | undefined
  readonly tosUri?: string | undefined
  readonly logo?: string | undefined
}

export function consentPage(view: ConsentView, texts: Texts): PersonPage {
  const { consent } = texts
  const { app } = view
  return {
    title: fill(consent.title, { app: app.name }),
    main: (form) => html`<div class="sheet"><h1>${fill(consent.title, { app: app.name })}</h1>
${view.isEmpty === true && errorSummary(texts, [{ field: 'choices', text: consent.nothing }])}
${lead(view, texts)}
${!app.isReviewed && html`<p class="note caution">${consent.unverified}</p>`}
<form method="post" action="${form.action}">${hiddenFields(form)}${narrow}
${view.choices.length > 0 && choiceList(view, texts)}
${also(view, texts)}
<p>${rememberBox(consent.remember)}</p>
<p class="hint">${fill(consent.signedInAs, { name: view.person })} ${fillHtml(consent.goesTo, { host: html`<strong>${app.host}</strong>` })} ${appLinks(app, texts)}</p>
<p class="actions two"><button class="button" name="decision" value="allow">${consent.allow}</button>
<button class="button quiet" name="decision" value="deny" formnovalidate>${consent.deny}</button></p></form></div>`,
  }
}

function rememberBox(words: string): Html {
  return html`<label class="box"><input class="tick" type="checkbox" name="remember" value="1"><span>${words}</span></label>`
}

/**
 * Says that boxes were shown, so that one that is not sent was cleared. No field of type `hidden`: programs that send those
 * and a decision alone mean all that was asked for.
 */
const narrow = html`<input name="narrow" value="1" hidden>`

function lead({ app, patient, choices }: ConsentView, texts: Texts): Html {
  const { consent } = texts
  if (patient) {
    return html`<p>${fill(consent.leadPatient, { app: app.name })}</p>
<p class="who"><strong>${patient.name}</strong>${patient.born !== undefined && html` <span class="quiet">${fill(texts.patient.born, { date: patient.born })}</span>`}</p>`
  }
  return html`<p>${fill(choices.length > 0 ? consent.leadUser : consent.leadIdentity, { app: app.name })}</p>`
}

function choiceList({ choices, cleared = [] }: ConsentView, texts: Texts): Html {
  return html`<fieldset class="choices" id="choices" tabindex="-1"><legend>${texts.consent.what}</legend>
${choices.length > mostOpen && html`<p>${summaryOf(choices, texts)}</p><details class="long"><summary>${texts.consent.choose}</summary>`}
<p class="hint">${texts.consent.whatHint}</p>
<ul>${choices.map(
    (choice) => html`<li>${box(choice.value, choice.words, !cleared.includes(choice.value), choice.verbs)}
${
  choice.parts.length > 0 &&
  html`<details><summary><span class="away">${choice.words}: </span>${texts.consent.onlySome}</summary><p class="hint">${texts.consent.onlySomeHint}</p>
<ul>${choice.parts.map((part) => html`<li>${box(part.value, part.words, false)}</li>`)}</ul></details>`
}</li>`,
  )}</ul>${choices.length > mostOpen && html`</details>`}</fieldset>`
}

/** So many boxes are shown at once; more are folded away. */
const mostOpen = 14
const named = 5

/** `Allergies, prescriptions, … and 30 more kinds of data` */
function summaryOf(choices: readonly ScopeChoice[], { consent }: Texts): Html {
  const words = choices.slice(0, named).map((choice) => choice.words)
  const some = [words[0]!, ...words.slice(1).map((text) => text.charAt(0).toLowerCase() + text.slice(1))].join('; ')
  const verbs = new Set(choices.map((choice) => choice.verbs))
  const all = fill(consent.much, { some, count: choices.length - named })
  return html`${all}${verbs.size === 1 && html` <span class="verbs">(${choices[0]!.verbs})</span>`}`
}

function box(value: string, words: string, isTicked: boolean, verbs?: string): Html {
  return html`<label class="box"><input class="tick" type="checkbox" name="scope" value="${value}"${isTicked && html` checked`}>
<span>${words}${verbs !== undefined && html` <span class="verbs">${verbs}</span>`}</span></label>`
}

function also({ asksIdentity, offline, context, cleared = [] }: ConsentView, { consent }: Texts): Html {
  if (!asksIdentity && offline === undefined && context.length === 0) return html``
  return html`<fieldset class="choices"><legend>${consent.more}</legend><ul>
${asksIdentity && html`<li class="given">${consent.identity}</li>`}
${context.map((one) => html`<li class="given">${consent[one]}</li>`)}
${
  offline !== undefined &&
  html`<li>${box(offline, offline === 'offline_access' ? consent.offline : consent.online, !cleared.includes(offline))}
${offline === 'offline_access' && html`<p class="hint">${consent.offlineHint}</p>`}</li>`
}</ul></fieldset>`
}

function appLinks({ policyUri, tosUri }: ConsentApp, { consent }: Texts): Html {
  const link = (href: string | undefined, text: string) =>
    href !== undefined && html`<a href="${href}" rel="noreferrer noopener" target="_blank">${text}</a> `
  return html`${link(policyUri, consent.policy)}${link(tosUri, consent.terms)}`
}
