/** The app: from its launch to the list. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Panel } from '../../server/fhir/results/panels.ts'
import type { Trend } from '../../server/fhir/results/trend.ts'
import '../shared/elements/language-switch.ts'
import '../shared/elements/loading-list.ts'
import '../shared/elements/offline-note.ts'
import '../shared/elements/outcome-alert.ts'
import '../shared/elements/patient-banner.ts'
import { createFhirClient } from '../shared/fhir/fhir-client.ts'
import { FhirError } from '../shared/fhir/fhir-error.ts'
import { type Person, personOf } from '../shared/fhir/person.ts'
import { LaunchError } from '../shared/session/launch.ts'
import { leaveToSignIn, openSession, type SessionWorld, type SmartSession } from '../shared/session/smart-session.ts'
import { fill } from '../shared/words/fill.ts'
import { chosenLanguage, type Language, rememberLanguage } from '../shared/words/language.ts'
import { issuersUrl, sessionWorld } from './app.ts'
import { type Loaded, loadResults } from './load-results.ts'
import { type Looking, lookAgain } from './look-again.ts'
import { panelList } from './panel-list.ts'
import { resultDetail } from './result-detail.ts'
import { type Filter, resultFilters } from './result-filters.ts'
import { isSensitive } from './sensitive.ts'
import { type FaultName, texts } from './words/texts.ts'

const tellsBeforeKey = 'results-ask-before-sensitive'

/** By which people show that they are there. */
const touches = ['pointerdown', 'keydown', 'visibilitychange'] as const

interface Fault {
  readonly name: FaultName
  /** For support. */
  readonly code: string | undefined
}

/** What the history keeps of the view. */
interface Shown extends Partial<Filter> {
  readonly analyte?: string
}

export class ResultsApp extends LitElement {
  static override properties = {
    loaded: { state: true },
    person: { state: true },
    category: { state: true },
    isNotableOnly: { state: true },
    trend: { state: true },
    isLoadingOlder: { state: true },
    fault: { state: true },
    search: { state: true },
    language: { state: true },
    isLoading: { state: true },
    said: { state: true },
    tellsBefore: { state: true },
    opened: { state: true },
  }
  declare loaded: Loaded | undefined
  declare person: Person | undefined
  /** That is shown alone; all where it is empty. */
  declare category: string
  /** Only what is out of the ordinary is shown. */
  declare isNotableOnly: boolean
  /** The analyte that is looked at; the list where it is undefined. */
  declare trend: Trend | undefined
  declare isLoadingOlder: boolean
  declare fault: Fault | undefined
  declare search: string
  declare language: Language
  declare isLoading: boolean
  /** What came while the page was open. */
  declare said: boolean
  /** Sensitive results stay closed until the person wants them. */
  declare tellsBefore: boolean
  /** References of the panels that were closed, and are not any more. */
  declare opened: ReadonlySet<string>
  readonly #world: SessionWorld = sessionWorld()
  #session: SmartSession | undefined
  #loading: AbortController | undefined
  #looking: Looking | undefined

  constructor() {
    super()
    this.search = ''
    this.category = ''
    this.isNotableOnly = false
    this.isLoading = true
    this.said = false
    this.tellsBefore = localStorage.getItem(tellsBeforeKey) !== null
    this.opened = new Set()
    this.isLoadingOlder = false
    this.language = chosenLanguage(localStorage, navigator.languages)
  }

  /** One document, one set of styles: labels and descriptions may refer to each other. */
  override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.#show)
    for (const event of touches) addEventListener(event, this.#touch)
    this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.#show)
    for (const event of touches) removeEventListener(event, this.#touch)
    this.#looking?.stop()
    this.#loading?.abort()
  }

  readonly #touch = (): void => this.#looking?.touch()

  /** Loads the results again. */
  reload(): Promise<void> {
    return this.#open()
  }

  async #open(): Promise<void> {
    this.fault = undefined
    this.isLoading = true
    const loading = new AbortController()
    this.#loading?.abort()
    this.#loading = loading
    try {
      this.#session ??= await openSession(this.#world, issuersUrl)
      if (!this.#session) return
      const { grant, fetch } = this.#session
      const { patient } = grant
      if (patient === undefined) throw new LaunchError('no-patient')
      const client = createFhirClient({ base: grant.issuer.iss, fetch })
      // Results do not wait for the name, and are shown without it.
      const naming = client.get(`Patient/${patient}`, loading.signal).then(
        (found) => {
          this.person = personOf(found)
        },
        () => {},
      )
      const request = { client, patient, signal: loading.signal, now: Date.now }
      for await (const loaded of loadResults(request)) this.loaded = loaded
      await naming
      this.isLoading = false
      await this.#show()
      this.#lookAgain(loading.signal)
    } catch (error) {
      if (loading.signal.aborted) return
      this.fault = faultOf(error)
      this.isLoading = false
    }
  }

  /** Where the server can tell whether there is something new. */
  #lookAgain(signal: AbortSignal): void {
    this.#looking?.stop()
    if (!this.loaded?.newer) return
    this.#looking = lookAgain({
      look: async () => {
        const before = this.loaded
        if (this.fault || this.isLoadingOlder || !before?.newer) return
        const newer = await before.newer(signal)
        // What was loaded meanwhile is known to be older or newer by the next look.
        if (!newer || this.loaded !== before) return
        this.loaded = newer
        this.said = true
        // Who reads goes on reading: the focus stays where it is.
        if (this.trend) this.trend = await newer.trend(this.trend.analyte)
      },
      isSeen: () => document.visibilityState === 'visible',
      now: Date.now,
      setTimer: (callback, milliseconds) => setTimeout(callback, milliseconds),
      clearTimer: (timer) => clearTimeout(timer as number | undefined),
    })
  }

  override render(): TemplateResult {
    const { language } = this
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
      <main id="main" tabindex="-1" aria-busy=${this.isLoading ? 'true' : 'false'}>
        <h1>${own.title}</h1>
        <offline-note language=${language}></offline-note>
        <patient-banner
          class=${this.#session?.grant.needPatientBanner ? '' : 'paper-only'}
          .person=${this.person}
          language=${language}
        ></patient-banner>
        ${this.fault ? this.#faultAlert(this.fault) : nothing}
        <p aria-live="polite" class=${this.said ? 'note' : ''}>${this.said ? own.fresh : ''}</p>
        ${this.loaded ? this.#content(this.loaded) : this.fault ? nothing : html`<loading-list label=${own.loading}></loading-list>`}
      </main>
      <footer class="foot quiet"><p>${own.emergency}</p></footer>`
  }

  #content(loaded: Loaded): TemplateResult {
    return this.trend ? this.#detail(this.trend, loaded) : this.#list(loaded)
  }

  #detail(trend: Trend, { view }: Loaded): TemplateResult {
    const { language } = this
    const own = texts[language]
    const results = trend.results.toReversed()
    return html`<p class="screen"><button class="plain" @click=${() => history.back()}>← ${own.back}</button></p>
      <section class="sheet">
        ${resultDetail({ trend, results, corrections: correctionsOf(trend, view), texts: own, language })}
      </section>`
  }

  #list({ view, older, documentAt, comments }: Loaded): TemplateResult {
    const { search, category, isNotableOnly, language } = this
    const own = texts[language]
    const open = (analyte: string) => this.#visit(analyte)
    const isClosed = (panel: Panel) => this.tellsBefore && !this.opened.has(panel.reference) && isSensitive(panel)
    const show = (panel: Panel) => this.#showSensitive(panel)
    return html`<p class="quiet">${own.lead} ${own.early}</p>
      ${resultFilters({
        ...{ panels: view.panels, search, category, isNotableOnly, tellsBefore: this.tellsBefore, texts: own },
        keep: (filter) => this.#keep(filter),
        tellBefore: (isWanted) => this.#tellBefore(isWanted),
      })}
      ${panelList({ view, search, category, isNotableOnly, texts: own, language, open, documentAt, comments, isClosed, show })}
      ${
        older
          ? html`<p class="more screen">
            <button class="plain" aria-disabled=${this.isLoadingOlder ? 'true' : 'false'} @click=${() => this.#more(older)}>
              ${this.isLoadingOlder ? own.loadingOlder : own.older}
            </button>
          </p>`
          : nothing
      }`
  }

  async #more(older: () => Promise<Loaded>): Promise<void> {
    if (this.isLoadingOlder) return
    this.isLoadingOlder = true
    try {
      this.loaded = await older()
    } catch (error) {
      this.fault = faultOf(error)
    }
    this.isLoadingOlder = false
  }

  /** What was asked for is read on: the button that had the focus is gone. */
  async #showSensitive({ reference }: Panel): Promise<void> {
    this.opened = new Set([...this.opened, reference])
    await this.updateComplete
    this.querySelector<HTMLElement>(`[data-panel="${CSS.escape(reference)}"]`)?.focus()
  }

  /** Kept in this browser, and says nothing of anybody. */
  #tellBefore(isWanted: boolean): void {
    this.tellsBefore = isWanted
    if (isWanted) localStorage.setItem(tellsBeforeKey, '1')
    else localStorage.removeItem(tellsBeforeKey)
  }

  /** What is searched for is there after a reload and on the way back; no address tells it. */
  #keep(filter: Partial<Filter>): void {
    Object.assign(this, filter)
    history.replaceState({ ...history.state, ...filter }, '')
  }

  /** Neither address nor title tells which analyte it is: the history keeps that to itself. */
  #visit(analyte: string): void {
    history.pushState({ ...history.state, analyte }, '')
    this.#show()
  }

  /** What the history says that is looked at. */
  readonly #show = async (): Promise<void> => {
    const { analyte, search = '', category = '', isNotableOnly = false } = (history.state ?? {}) as Shown
    Object.assign(this, { search, category, isNotableOnly })
    try {
      this.trend = analyte === undefined ? undefined : await this.loaded?.trend(analyte)
      this.fault = undefined
    } catch (error) {
      this.fault = faultOf(error)
    }
    await this.updateComplete
    if (this.trend) this.querySelector<HTMLElement>('.focus')?.focus()
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

function correctionsOf({ results }: Trend, { corrections }: Loaded['view']) {
  const own = new Set(results.map(({ reference }) => reference))
  return corrections.filter(({ reference }) => own.has(reference))
}

const launchFaults = {
  'unknown-state': 'launch',
  denied: 'denied',
  refused: 'ended',
  'no-patient': 'no-patient',
  unreachable: 'unreachable',
} as const

function faultOf(error: unknown): Fault {
  if (error instanceof LaunchError) return { name: launchFaults[error.reason], code: undefined }
  if (!(error instanceof FhirError)) return { name: 'other', code: undefined }
  const { status, requestId: code } = error
  const name = status === 0 ? 'unreachable' : status === 401 ? 'ended' : status === 403 ? 'forbidden' : 'other'
  return { name, code }
}

customElements.define('results-app', ResultsApp)
