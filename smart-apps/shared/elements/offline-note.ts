/** `<offline-note>`: says when there is no network, as long as there is none. */
import { html, LitElement, nothing, type TemplateResult } from 'lit'
import type { Language } from '../words/language.ts'
import { sharedTexts } from '../words/shared-texts.ts'

export class OfflineNote extends LitElement {
  static override properties = { language: {}, isOnline: { state: true } }
  declare language: Language
  declare isOnline: boolean
  readonly #look = () => {
    this.isOnline = navigator.onLine
  }

  constructor() {
    super()
    this.language = 'en'
    this.isOnline = navigator.onLine
  }

  override createRenderRoot(): HTMLElement {
    return this
  }

  override connectedCallback(): void {
    super.connectedCallback()
    for (const event of ['online', 'offline']) addEventListener(event, this.#look)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    for (const event of ['online', 'offline']) removeEventListener(event, this.#look)
  }

  override render(): TemplateResult {
    return html`<div role="status">
      ${this.isOnline ? nothing : html`<p class="note">${sharedTexts[this.language].offline}</p>`}
    </div>`
  }
}

customElements.define('offline-note', OfflineNote)
