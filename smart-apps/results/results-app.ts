/** The app: from its launch to the list. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
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
import { type FaultName, texts } from './words/texts.ts'

/** By which people show that they are there. */
const touches = ['pointerdown', 'keydown', 'visibilitychange'] as const

interface Fault {
  readonly name: FaultName
  /** For support. */
  readonly code: string | undefined
}

/** What the history keeps of the view. */
interface Shown {
  readonly analyte?: string
  readonly search?: string
  readonly category?: string
  readonly isNotableOnly?: boolean
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
    return html`<p class="quiet">${own.lead} ${own.early}</p>
      ${this.#filters(view)}
      ${panelList({ view, search, category, isNotableOnly, texts: own, language, open, documentAt, comments })}
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

  #filters({ panels }: Loaded['view']): TemplateResult {
    const { search, category, isNotableOnly, language } = this
    const own = texts[language]
    const present = new Set(panels.flatMap(({ categories }) => categories))
    const known = Object.keys(own.categories).filter((code) => present.has(code))
    return html`<form class="find screen" role="search" @submit=${(event: Event) => event.preventDefault()}>
      <div>
        <label for="search">${own.search}</label>
        <input
          id="search"
          type="search"
          autocomplete="off"
          .value=${search}
          @input=${(event: InputEvent) => {
            this.#keep({ search: (event.target as HTMLInputElement).value })
          }}
        />
      </div>
      ${
        known.length < 2
          ? nothing
          : html`<div>
            <label for="category">${own.category}</label>
            <select
              id="category"
              @change=${(event: Event) => {
                this.#keep({ category: (event.target as HTMLSelectElement).value })
              }}
            >
              <option value="" ?selected=${category === ''}>${own.allCategories}</option>
              ${known.map((code) => html`<option value=${code} ?selected=${category === code}>${own.categories[code]}</option>`)}
            </select>
          </div>`
      }
      <label class="tick">
        <input
          type="checkbox"
          .checked=${isNotableOnly}
          @change=${(event: Event) => {
            this.#keep({ isNotableOnly: (event.target as HTMLInputElement).checked })
          }}
        />
        ${own.notableOnly}
      </label>
    </form>`
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

  /** What is searched for is there after a reload and on the way back; no address tells it. */
  #keep(filter: Partial<Shown>): void {
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
