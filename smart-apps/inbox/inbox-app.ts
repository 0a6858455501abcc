/** The inbox of whoever orders and reviews results: what waits, and what is done with it. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import '../shared/elements/language-switch.ts'
import '../shared/elements/loading-list.ts'
import '../shared/elements/offline-note.ts'
import '../shared/elements/outcome-alert.ts'
import { createFhirClient, type FhirClient } from '../shared/fhir/fhir-client.ts'
import { FhirError } from '../shared/fhir/fhir-error.ts'
import { LaunchError } from '../shared/session/launch.ts'
import { leaveToSignIn, openSession, type SmartSession } from '../shared/session/smart-session.ts'
import { fill, fillPlural } from '../shared/words/fill.ts'
import { chosenLanguage, type Language, rememberLanguage } from '../shared/words/language.ts'
import { issuersUrl, sessionWorld } from './app.ts'
import { type Action, inboxList } from './inbox-list.ts'
import { type Inbox, loadInbox, type Review, type Reviewed, review } from './load-inbox.ts'
import './review-dialog.ts'
import { type FaultName, texts } from './words/texts.ts'

interface Fault {
  readonly name: FaultName
  /** For support. */
  readonly code: string | undefined
}

/** What is asked before it is done. */
interface Asking {
  readonly action: 'comment' | 'release'
  readonly references: readonly string[]
}

/** Milliseconds between looks at what is new, while the page is seen. */
const interval = 30_000

export class InboxApp extends LitElement {
  static override properties = {
    inbox: { state: true },
    selected: { state: true },
    asking: { state: true },
    said: { state: true },
    refused: { state: true },
    fault: { state: true },
    language: { state: true },
    isBusy: { state: true },
  }
  declare inbox: Inbox | undefined
  /** References of results. */
  declare selected: ReadonlySet<string>
  declare asking: Asking | undefined
  /** What was done last. */
  declare said: string
  declare refused: readonly Reviewed[]
  declare fault: Fault | undefined
  declare language: Language
  declare isBusy: boolean
  readonly #world = sessionWorld()
  #session: SmartSession | undefined
  #client: FhirClient | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor() {
    super()
    this.selected = new Set()
    this.refused = []
    this.said = ''
    this.isBusy = false
    this.language = chosenLanguage(localStorage, navigator.languages)
  }

  /** One document, one set of styles. */
  override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#open()
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !this.isBusy && !this.asking && !this.fault) this.#load()
    }, interval)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearInterval(this.#timer)
  }

  async #open(): Promise<void> {
    this.fault = undefined
    try {
      this.#session ??= await openSession(this.#world, issuersUrl)
      if (!this.#session) return
      this.#client = createFhirClient({ base: this.#session.grant.issuer.iss, fetch: this.#session.fetch })
    } catch (error) {
      this.fault = faultOf(error)
      return
    }
    await this.#load()
  }

  /** As much as was shown before. */
  async #load(): Promise<void> {
    const shown = this.inbox?.items.length ?? 0
    try {
      let inbox = await loadInbox(this.#client!, 0)
      while (inbox.items.length < Math.min(shown, inbox.total)) inbox = await this.#after(inbox)
      const known = new Set(inbox.items.map(({ reference }) => reference))
      this.inbox = inbox
      this.selected = new Set([...this.selected].filter((one) => known.has(one)))
    } catch (error) {
      this.fault = faultOf(error)
    }
  }

  async #after({ items }: Inbox): Promise<Inbox> {
    const next = await loadInbox(this.#client!, items.length)
    return { total: next.items.length === 0 ? items.length : next.total, items: [...items, ...next.items] }
  }

  override render(): TemplateResult {
    const { language, inbox, fault, asking } = this
    const own = texts[language]
    document.documentElement.lang = language
    document.title = own.title
    return html`<a class="skip" href="#main">${own.skip}</a>
      <header class="top">
        <language-switch
          language=${language}
          label=${own.language}
          @choose=${(event: CustomEvent<Language>) => this.#speak(event.detail)}
        ></language-switch>
        ${this.#session ? html`<button class="plain" @click=${() => this.#session?.signOut()}>${own.signOut}</button>` : nothing}
      </header>
      <main id="main" tabindex="-1" aria-busy=${inbox || fault ? 'false' : 'true'}>
        <h1>${own.title}</h1>
        <offline-note language=${language}></offline-note>
        ${fault ? this.#faultAlert(fault) : nothing}
        <p role="status" class=${this.said ? 'note' : ''}>${this.said}</p>
        ${this.refused.length > 0 ? this.#refusals() : nothing}
        ${inbox ? this.#content(inbox) : fault ? nothing : html`<loading-list label=${own.loading}></loading-list>`}
      </main>
      ${asking ? this.#dialog(asking) : nothing}`
  }

  #content({ items, total }: Inbox): TemplateResult {
    const { language, selected } = this
    const own = texts[language]
    if (items.length === 0) return html`<p class="sheet">${own.none}</p>`
    return html`<p class="quiet">${fillPlural(own.count, total, language)}. ${own.lead}</p>
      <p class="quiet keys" id="keys">${own.keys}</p>
      ${this.#bar()}
      ${inboxList({
        ...{ items, selected, texts: own, language },
        toggle: (reference) => this.#toggle(reference),
        act: (action, focused) => this.#act(action, focused),
      })}
      ${
        items.length < total
          ? html`<p class="more"><button class="plain" @click=${() => this.#more()}>${own.older}</button></p>`
          : nothing
      }`
  }

  /** What is done with several at once. */
  #bar(): TemplateResult {
    const { language, selected, isBusy, inbox } = this
    const own = texts[language]
    const items = inbox!.items
    const isAll = selected.size === items.length
    const button = (action: Action, label: string) =>
      html`<button
        aria-disabled=${selected.size === 0 || isBusy ? 'true' : 'false'}
        class=${action === 'acknowledge' ? '' : 'plain'}
        @click=${() => this.#act(action, undefined)}
      >
        ${label}
      </button>`
    return html`<div class="bulk" role="group" aria-label=${fillPlural(own.selected, selected.size, language)}>
      <label class="tick"
        ><input
          type="checkbox"
          .checked=${isAll}
          .indeterminate=${selected.size > 0 && !isAll}
          @change=${() => {
            this.selected = new Set(isAll ? [] : items.map(({ reference }) => reference))
          }}
        />
        ${own.selectAll}</label
      >
      <span class="quiet" aria-live="polite">${fillPlural(own.selected, selected.size, language)}</span>
      <span class="actions">
        ${button('acknowledge', own.acknowledge)}${button('comment', own.comment)}${button('release', own.release)}
      </span>
    </div>`
  }

  #dialog({ action, references }: Asking): TemplateResult {
    return html`<review-dialog
      asks=${action}
      count=${references.length}
      language=${this.language}
      @close=${() => this.#closed()}
      @review=${(event: CustomEvent<Review>) => {
        this.asking = undefined
        this.#review(references, event.detail)
      }}
    ></review-dialog>`
  }

  #closed(): void {
    this.asking = undefined
  }

  #refusals(): TemplateResult {
    const own = texts[this.language]
    return html`<div class="sheet alert" role="alert">
      <p><strong>${fillPlural(own.failed, this.refused.length, this.language)}</strong></p>
      <ul>
        ${this.refused.map(({ reference, reason }) => html`<li>${this.#nameOf(reference)}: ${reason ?? own.faults.other.what}</li>`)}
      </ul>
    </div>`
  }

  #nameOf(reference: string): string {
    const item = this.inbox?.items.find((one) => one.reference === reference)
    const what = item?.report?.name ?? item?.result?.name ?? reference
    return item?.patient ? `${item.patient.name}, ${what}` : what
  }

  #toggle(reference: string): void {
    const next = new Set(this.selected)
    if (!next.delete(reference)) next.add(reference)
    this.selected = next
  }

  #act(action: Action, focused: string | undefined): void {
    if (this.isBusy) return
    const shown = this.inbox?.items.map(({ reference }) => reference) ?? []
    const references = this.selected.size > 0 ? shown.filter((one) => this.selected.has(one)) : focused ? [focused] : []
    if (references.length === 0) return
    if (action === 'acknowledge') this.#review(references, { release: false, comment: '' })
    else this.asking = { action, references }
  }

  async #review(references: readonly string[], wanted: Review): Promise<void> {
    this.isBusy = true
    this.fault = undefined
    this.refused = []
    try {
      const reviewed = await review(this.#client!, references, wanted)
      const done = reviewed.filter(({ isDone }) => isDone).length
      await this.#load()
      // Said with the list that shows it.
      this.selected = new Set()
      this.said = done > 0 ? fillPlural(texts[this.language].done, done, this.language) : ''
      this.refused = reviewed.filter(({ isDone }) => !isDone)
      await this.#keepFocus()
    } catch (error) {
      this.fault = faultOf(error)
    }
    this.isBusy = false
  }

  /** What had the focus may be gone from the list: the next one takes it. */
  async #keepFocus(): Promise<void> {
    await this.updateComplete
    if (document.activeElement !== document.body && document.activeElement !== null) return
    const next = this.querySelector<HTMLElement>('.inbox input') ?? this.querySelector<HTMLElement>('main')
    next?.focus()
  }

  async #more(): Promise<void> {
    try {
      if (this.inbox) this.inbox = await this.#after(this.inbox)
    } catch (error) {
      this.fault = faultOf(error)
    }
  }

  #faultAlert({ name, code }: Fault): TemplateResult {
    const own = texts[this.language]
    const { what, next } = own.faults[name]
    const signIn = name === 'ended' || name === 'denied'
    return html`<outcome-alert
      what=${what}
      next=${next}
      code=${code ? fill(own.code, { code }) : ''}
      action=${signIn ? own.signInAgain : own.again}
      @again=${signIn ? () => this.#signIn() : () => this.#open()}
    ></outcome-alert>`
  }

  async #signIn(): Promise<void> {
    const issuer = this.#session?.grant.issuer
    if (issuer) await leaveToSignIn(this.#world, issuer)
    else this.#world.leave(new URL('./', this.#world.location))
  }

  #speak(language: Language): void {
    rememberLanguage(localStorage, language)
    this.language = language
  }
}

const launchFaults = {
  'unknown-state': 'launch',
  denied: 'denied',
  refused: 'ended',
  'no-patient': 'launch',
  unreachable: 'unreachable',
} as const

const statusFaults: Readonly<Record<number, FaultName>> = { 0: 'unreachable', 401: 'ended', 403: 'forbidden' }

function faultOf(error: unknown): Fault {
  if (error instanceof LaunchError) return { name: launchFaults[error.reason], code: undefined }
  if (!(error instanceof FhirError)) return { name: 'other', code: undefined }
  return { name: statusFaults[error.status] ?? 'other', code: error.requestId }
}

customElements.define('inbox-app', InboxApp)
