/** What a person can see and change of their own account. */
import { type Html, html } from '../../http/pages/html.ts'
import { fill } from './fill.ts'
import { type Language, languageNames, languages } from './language.ts'
import { hiddenFields, type PageForm, type PersonPage } from './person-layout.ts'
import type { Texts } from './texts.ts'

export interface AccountView {
  readonly name: string
  readonly email?: string | undefined
  readonly emailVerified: boolean
  /** In which mails are written. */
  readonly mailLanguage: Language
  /** It is not known yet whose the account is. */
  readonly isNobody: boolean
  readonly isPatient: boolean
  /** There are other ways to sign in. */
  readonly hasOthers: boolean
  readonly sessions: readonly SessionView[]
  readonly hasSecondFactor: boolean
  /** Records that the person has opened in an emergency that goes on. */
  readonly emergencies: readonly EmergencyView[]
  /** What was just done. */
  readonly note?: string
}

export interface EmergencyView {
  readonly number: string
  /** Whose record it is. */
  readonly patient: string
  /** The moment in words. */
  readonly until: string
}

export interface SessionView {
  readonly id: string
  readonly isHere: boolean
  /** What the browser is called. */
  readonly browser?: string | undefined
  /** Dates in words. */
  readonly seen: string
  readonly since: string
}

export function accountPage(view: AccountView, texts: Texts): PersonPage {
  const { account, security } = texts
  return {
    title: account.title,
    main: (form) => html`<div class="sheet"><h1>${account.title}</h1>
${view.note !== undefined && html`<p class="note" role="status">${view.note}</p>`}
<p>${fill(account.signedInAs, { name: view.name })}</p>
${view.isNobody && html`<p class="note caution">${security.noRecord} <a href="/auth/invitation">${security.useInvitation}</a></p>`}
${view.emergencies.length > 0 && emergencies(view, form, texts)}
${rows(view, texts)}
${mailLanguages(view, form, texts)}
<h2>${account.secondFactor}</h2>
<p>${view.hasSecondFactor ? account.secondFactorOn : account.secondFactorOff}</p>
${secondFactorLinks(view, texts)}
<h2>${account.sessions}</h2>
<ul class="apps">${view.sessions.map((session) => sessionItem(session, form, texts))}</ul>
${view.sessions.length > 1 && signOutOthers(form, texts)}</div>`,
  }
}

function emergencies(view: AccountView, form: PageForm, { review }: Texts): Html {
  return html`<h2>${review.title}</h2>
<ul class="apps">${view.emergencies.map(({ number, patient, until }) => {
    const title = fill(review.patient, { name: patient })
    return html`<li class="card"><div><strong>${title}</strong><p class="quiet">${fill(review.until, { until })}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="plain" name="end-emergency" value="${number}" aria-label="${review.end}: ${title}">${review.end}</button></form></div></li>`
  })}</ul>`
}

/** What there is, and where it is changed. */
function rows({ name, email, emailVerified, isPatient, isNobody, hasOthers }: AccountView, texts: Texts): Html {
  const { security, passkeys, apps, access, address, external } = texts
  return html`<ul class="rows">
${row(security.name, name, '/auth/account/name', security.changeName)}
${row(security.email, email ?? security.nothing, '/auth/account/email', security.changeEmail)}
${email !== undefined && !emailVerified && row(address.confirm, fill(address.unconfirmed, { email }), '/auth/account/resend', address.again)}
${row(security.password, '', '/auth/account/password', security.changePassword)}
${row(passkeys.title, '', '/auth/account/passkeys', passkeys.add)}
${hasOthers && row(external.title, '', '/auth/account/external', external.title)}
${row(apps.title, apps.lead, '/auth/apps', apps.title)}
${isPatient && row(access.title, access.link, '/auth/access', access.title)}
${(isPatient || isNobody) && row(security.people, security.peopleLead, '/auth/people', security.people)}
</ul>`
}

/** Each language is offered in its own words. */
function mailLanguages({ mailLanguage }: AccountView, form: PageForm, { security }: Texts): Html {
  const others = languages.filter((one) => one !== mailLanguage)
  return html`<h2>${security.mailLanguage}</h2>
<p>${fill(security.mailLanguageIs, { language: languageNames[mailLanguage] })}</p>
<form method="post" action="${form.action}">${hiddenFields(form)}
<p class="actions">${others.map((one) => html`<button class="button quiet" name="mail-language" value="${one}" lang="${one}">${mailsIn[one]}</button>`)}</p></form>`
}

const mailsIn: Readonly<Record<Language, string>> = {
  en: 'Write to me in English',
  es: 'Escríbanme en español',
}

function row(title: string, text: string, href: string, action: string): Html {
  return html`<li class="fact"><div><strong>${title}</strong>${text !== '' && html`<p class="quiet">${text}</p>`}</div><a href="${href}">${action}</a></li>`
}

function secondFactorLinks({ hasSecondFactor }: AccountView, { account, security }: Texts): Html {
  const setUp = hasSecondFactor ? account.renew : account.turnOn
  return html`<p class="actions"><a class="button quiet" href="/auth/account/second-factor">${setUp}</a></p>
${
  hasSecondFactor &&
  html`<p class="aside two"><a href="/auth/account/backup-codes">${security.renewCodes}</a> <a href="/auth/account/turn-off">${security.turnOff}</a></p>`
}`
}

function sessionItem({ id, isHere, browser, seen, since }: SessionView, form: PageForm, texts: Texts): Html {
  const { account, security } = texts
  const title = isHere ? account.here : (browser ?? account.unknownBrowser)
  const facts = [
    isHere ? (browser ?? '') : '',
    fill(account.since, { date: since }),
    fill(account.seen, { date: seen }),
  ]
  return html`<li class="card"><div><strong>${title}</strong><p class="quiet">${facts.filter((fact) => fact !== '').join(' · ')}</p>
${
  !isHere &&
  html`<form method="post" action="${form.action}">${hiddenFields(form)}
<button class="plain" name="sign-out-one" value="${id}" aria-label="${security.signOutOne}: ${title}">${security.signOutOne}</button></form>`
}</div></li>`
}

/** Apps that stay connected have nothing to do with browsers: they end only where that is meant. */
function signOutOthers(form: PageForm, { account, sessionEnd }: Texts): Html {
  return html`<form method="post" action="${form.action}">${hiddenFields(form)}
<label class="box"><input class="tick" type="checkbox" name="apps" value="1" aria-describedby="apps-hint"><span>${sessionEnd.withApps}</span></label>
<p class="hint" id="apps-hint">${sessionEnd.withAppsHint}</p>
<button class="button quiet" name="do" value="sign-out-others">${account.signOutEverywhere}</button></form>`
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
